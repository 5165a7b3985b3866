import Testing

@testable import Capture

@Suite(.timeLimit(.minutes(10))) struct RegionTests {
    @Test func rectanglesAreReadByTheirNames() throws {
        let door = Region(name: "door", x: 0.1, y: 0.2, width: 0.3, height: 0.4)
        #expect(try RegionParser.regions("door=0.1,0.2,0.3,0.4") == [door])
        #expect(try RegionParser.regions(" door = 0.1, 0.2 ,0.3,\t0.4 ") == [door])
        #expect(try RegionParser.regions("Tür_2.b-c=0,0,1,1").first?.name == "Tür_2.b-c")
        #expect(try RegionParser.regions("a=0.7,0.9,0.3,0.1").count == 1, "0.7 + 0.3 is 1, whatever the sum says")
    }

    @Test func tilesCoverTheFrame() throws {
        let tiles = try RegionParser.regions("tiles=3x2")
        #expect(tiles.map(\.name) == ["tile-1-1", "tile-1-2", "tile-1-3", "tile-2-1", "tile-2-2", "tile-2-3"])
        #expect(tiles.allSatisfy { $0.problem == nil })
        #expect(abs(tiles[5].x - 2.0 / 3) < 1e-12 && tiles[5].y == 0.5)
        #expect(try RegionParser.regions("tiles=1x1") == [Region(name: "tile-1-1", x: 0, y: 0, width: 1, height: 1)])
    }

    @Test func tilesMayOverlap() throws {
        for overlap in [0.1, 0.25, 0.5] {
            let tiles = try RegionParser.regions("tiles=4x1,\(overlap)")
            #expect(tiles.allSatisfy { $0.problem == nil })
            #expect(abs(tiles[3].x + tiles[3].width - 1) < 1e-12)
            let shared = tiles[0].x + tiles[0].width - tiles[1].x
            #expect(abs(shared / tiles[0].width - overlap) < 1e-12)
        }
    }

    @Test(arguments: [
        ("", "a region is written as door=0.1,0.2,0.3,0.4, a grid of tiles as tiles=3x2"),
        ("door", "a region is written as door=0.1,0.2,0.3,0.4, a grid of tiles as tiles=3x2"),
        ("=0,0,1,1", "a region needs a name, as in door=0.1,0.2,0.3,0.4"),
        ("my door=0,0,1,1", "the name of a region consists of letters, digits, '-', '_' and '.', not 'my door'"),
        ("full=0,0,0.5,1", "'full' is the name of the whole frame; a region needs another"),
        ("door=0,0,1", "a region has four numbers (left edge, upper edge, width and height), not 3"),
        ("door=0,0,1,1,1", "a region has four numbers (left edge, upper edge, width and height), not 5"),
        ("door=0,,1,1", "a number is missing"),
        ("door=0,x,1,1", "'x' is not a number"),
        ("door=0,nan,1,1", "'nan' is not a number"),
        ("door=0,0,inf,1", "'inf' is not a number"),
        ("door=1.5,0,0.1,1", "the left edge of a region is a number from 0 to 1, not 1.5"),
        ("door=0,-0.1,1,1", "the upper edge of a region is a number from 0 to 1, not -0.1"),
        ("door=0,0,0,1", "the width of a region is a number above 0, up to 1, not 0.0"),
        ("door=0,0,1,640", "the height of a region is a number above 0, up to 1, not 640.0"),
        ("door=0.5,0,0.75,1", "the region reaches over the right edge of the frame: 0.5 + 0.75 is above 1"),
        ("door=0,0.5,1,0.75", "the region reaches over the lower edge of the frame: 0.5 + 0.75 is above 1"),
        ("tiles=3", "tiles are written as tiles=3x2 (columns and rows), or tiles=3x2,0.1 if they overlap"),
        ("tiles=3x2x1", "tiles are written as tiles=3x2 (columns and rows), or tiles=3x2,0.1 if they overlap"),
        ("tiles=3x2,0.1,0.1", "tiles are written as tiles=3x2 (columns and rows), or tiles=3x2,0.1 if they overlap"),
        ("tiles=0x2", "the number of columns of tiles is from 1 to 16, not 0"),
        ("tiles=3x99", "the number of rows of tiles is from 1 to 16, not 99"),
        ("tiles=3x2,0.9", "the overlap of tiles is a number from 0 to 0.5, not 0.9"),
        ("tiles=3x2,a", "'a' is not a number"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ reason: String) {
        #expect(throws: RegionError(description: "the region '\(text)': \(reason)")) {
            try RegionParser.regions(text)
        }
    }

    @Test func namesAreUnique() throws {
        #expect(try RegionParser.regions(["a=0,0,1,1", "tiles=2x1"]).map(\.name) == ["a", "tile-1-1", "tile-1-2"])
        #expect(throws: RegionError(description: "the region 'a=0,0,0.5,1': there is already a region with the name a"))
        {
            try RegionParser.regions(["a=0,0,1,1", "a=0,0,0.5,1"])
        }
    }

    @Test func aPartOfTheUprightFrameIsFoundInTheStoredOne() {
        // The upper left part of the upright frame, half as wide and a quarter as high.
        let shown = Rectangle(x: 0, y: 0, width: 0.5, height: 0.25)
        let cases: [(Orientation, Rectangle)] = [
            (.upright, shown),
            (.clockwise, Rectangle(x: 0, y: 0.5, width: 0.25, height: 0.5)),
            (.upsideDown, Rectangle(x: 0.5, y: 0.75, width: 0.5, height: 0.25)),
            (.counterclockwise, Rectangle(x: 0.75, y: 0, width: 0.25, height: 0.5)),
            (.mirrored, Rectangle(x: 0.5, y: 0, width: 0.5, height: 0.25)),
        ]
        for (orientation, stored) in cases { #expect(orientation.stored(shown) == stored, "\(orientation)") }
    }
}
