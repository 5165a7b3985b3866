extension Labels {
    /// Labels of the 90 categories of COCO (Lin et al., "Microsoft COCO", 2014), in the order of their identifiers.
    ///
    /// The data set has 80 of them; the others are `n/a`. Detectors of TensorFlow have an output for each identifier.
    public static let coco = Labels(
        names: cocoNames.split(separator: ",").map { $0.drop(while: \.isWhitespace).description })

    private static let cocoNames = """
        person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, n/a,
        stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, n/a,
        backpack, umbrella, n/a, n/a, handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite,
        baseball bat, baseball glove, skateboard, surfboard, tennis racket, bottle, n/a, wine glass, cup, fork,
        knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake, chair,
        couch, potted plant, bed, n/a, dining table, n/a, n/a, toilet, n/a, tv, laptop, mouse, remote, keyboard,
        cell phone, microwave, oven, toaster, sink, refrigerator, n/a, book, clock, vase, scissors, teddy bear,
        hair drier, toothbrush
        """
}
