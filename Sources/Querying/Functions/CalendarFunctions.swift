import TimeSeries

/// A part of a time's date in UTC, for values that are seconds since the epoch.
///
/// - Returns: nil where the name is none of the date functions; NaN for times that are not
///   finite or lie beyond the calendar's range.
func calendarFunction(named name: String) -> ((Double) -> Double)? {
    let part: (CalendarTime) -> Int64
    switch name {
    case "year": part = { $0.year }
    case "month": part = { $0.month }
    case "day_of_month": part = { $0.day }
    case "day_of_week": part = { $0.dayOfWeek }
    case "day_of_year": part = { $0.dayOfYear }
    case "days_in_month": part = { $0.daysInMonth }
    case "hour": part = { $0.secondOfDay / 3600 }
    case "minute": part = { $0.secondOfDay / 60 % 60 }
    default: return nil
    }
    return { seconds in CalendarTime(seconds: seconds).map { Double(part($0)) } ?? .nan }
}

/// A second in the proleptic Gregorian calendar.
private struct CalendarTime {
    let days: Int64
    let secondOfDay: Int64
    let year: Int64
    let month: Int64
    let day: Int64

    init?(seconds: Double) {
        guard seconds.isFinite, abs(seconds) < 1e14 else { return nil }
        let whole = Int64(seconds)
        let remainder = whole % 86_400
        secondOfDay = remainder < 0 ? remainder + 86_400 : remainder
        days = (whole - secondOfDay) / 86_400
        // Years are counted from March, so that the leap day is a year's last.
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private var isLeapYear: Bool { (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 }

    /// 0 is Sunday.
    var dayOfWeek: Int64 {
        let remainder = (days + 4) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    /// From 1.
    var dayOfYear: Int64 {
        let before: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return before[Int(month - 1)] + day + (month > 2 && isLeapYear ? 1 : 0)
    }

    var daysInMonth: Int64 {
        switch month {
        case 2: isLeapYear ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
