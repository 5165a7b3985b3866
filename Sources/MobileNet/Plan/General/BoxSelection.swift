/// Detections of tables of numbers, which are brought into one piece for it.
struct BoxSelection: GeneralTask {
    private let detections: Detections
    private let boxes: BlockedTensor
    private let scores: BlockedTensor
    private let output: BlockedTensor
    /// Boxes, scores, anchors, what ``Detections`` needs, and its result, one behind the other.
    private let memory: AlignedMemory<Float>

    init(
        boxes: BlockedTensor, scores: BlockedTensor, anchors: [Float], parameters: DetectionParameters,
        output: BlockedTensor
    ) {
        detections = Detections(parameters, count: boxes.shape.height, columns: scores.shape.channels)
        self.boxes = boxes
        self.scores = scores
        self.output = output
        let tables = boxes.shape.count + scores.shape.count + anchors.count
        memory = AlignedMemory(zeroed: tables + detections.scratchCount + detections.outputCount)
        for (index, number) in anchors.enumerated() {
            memory.base[boxes.shape.count + scores.shape.count + index] = number
        }
    }

    func run() {
        let scoreTable = memory.base + boxes.shape.count
        let anchors = scoreTable + scores.shape.count
        let scratch = anchors + boxes.shape.count
        let result = scratch + detections.scratchCount
        Unblock(input: boxes, output: memory.base).run()
        Unblock(input: scores, output: scoreTable).run()
        detections.choose(boxes: memory.base, scores: scoreTable, anchors: anchors, scratch: scratch, output: result)
        for index in 0..<detections.outputCount { output[index] = result[index] }
    }
}
