//! Sizes in bytes.

/// A size in bytes; none where it is none.
pub(super) fn bytes(size: &str) -> Option<i64> {
    let size = size.trim();
    let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match size[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes() {
        for (size, expected) in [
            ("1m", Some(1_048_576)),
            ("8k", Some(8192)),
            ("0", Some(0)),
            (" 2G ", Some(2_147_483_648)),
            ("x", None),
            ("9999999999999g", None),
        ] {
            assert_eq!(bytes(size), expected, "{size}");
        }
    }
}
