//! Lengths of time.

use std::time::Duration;

/// A length of time in Go's notation, as `1m30s`; none where it is not one. The sign is dropped.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at(number_end);
        let unit_end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(unit_end);
        let nanoseconds: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        total += scaled(number, nanoseconds)?;
        if total > u128::from(i64::MAX.unsigned_abs()) {
            return None;
        }
        rest = behind;
    }
    u64::try_from(total).ok().map(Duration::from_nanos)
}

/// `number`, which may have a fraction, times `unit`, in whole nanoseconds.
fn scaled(number: &str, unit: u64) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Twelve digits are finer than a nanosecond of an hour.
    let fraction = &fraction[..fraction.len().min(12)];
    let divisor = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let fraction: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    Some(u128::from(whole) * u128::from(unit) + u128::from(fraction) * u128::from(unit) / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_units() {
        let good = [("7s", 7_000), ("1m30s", 90_000), ("-1.5s", 1_500), ("+2h", 7_200_000), ("250ms", 250), ("3.s", 3_000), ("0", 0)];
        for (text, milliseconds) in good {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "7", "7 s", "7d", ".s", "s", "1.2.3s", "3000000h", "-"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
