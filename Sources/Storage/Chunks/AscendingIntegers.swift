extension Array where Element: FixedWidthInteger {
    /// Index of the first element that is not below `value`, in an ascending array.
    func lowerBound(_ value: Element) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Index of the first element above `value`, in an ascending array.
    func upperBound(_ value: Element) -> Int {
        value == .max ? count : lowerBound(value + 1)
    }
}
