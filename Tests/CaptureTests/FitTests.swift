import Testing

@testable import Capture

@Suite(.timeLimit(.minutes(10))) struct FitTests {
    @Test func squashingUsesAllOfBoth() {
        let geometry = Fit.squash.geometry(width: 1280, height: 720, targetWidth: 224, targetHeight: 224)
        #expect(geometry == Fit.Geometry(sourceWidth: 1, sourceHeight: 1, targetWidth: 224, targetHeight: 224))
    }

    @Test func croppingUsesTheMiddleOfTheFrame() {
        let wide = Fit.crop.geometry(width: 1280, height: 720, targetWidth: 224, targetHeight: 224)
        #expect(wide == Fit.Geometry(sourceWidth: 720.0 / 1280, sourceHeight: 1, targetWidth: 224, targetHeight: 224))
        let tall = Fit.crop.geometry(width: 100, height: 400, targetWidth: 224, targetHeight: 224)
        #expect(tall == Fit.Geometry(sourceWidth: 1, sourceHeight: 0.25, targetWidth: 224, targetHeight: 224))
    }

    @Test func paddingUsesTheMiddleOfTheTarget() {
        let wide = Fit.pad.geometry(width: 1280, height: 720, targetWidth: 224, targetHeight: 224)
        #expect(wide == Fit.Geometry(sourceWidth: 1, sourceHeight: 1, targetWidth: 224, targetHeight: 126))
        let thin = Fit.pad.geometry(width: 10000, height: 1, targetWidth: 224, targetHeight: 224)
        #expect(thin.targetHeight == 1, "something of the frame stays")
    }
}
