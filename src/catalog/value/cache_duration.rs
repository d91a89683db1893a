//! How long answers of an authentication service are remembered.

/// What applies where nothing is said.
pub const DEFAULT_CACHE_DURATION: &str = "200 202 401 5m";

/// Reads durations by status, as `200 202 30m`, separated by commas; the default if there are none.
///
/// # Errors
/// The first that has no time, or a status behind one.
pub fn parse_cache_durations(list: &str) -> Result<Vec<String>, &str> {
    let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
    let found: Vec<String> =
        items.map(|item| if is_cache_duration(item) { Ok(item.to_owned()) } else { Err(item) }).collect::<Result<_, _>>()?;
    Ok(if found.is_empty() { vec![DEFAULT_CACHE_DURATION.to_owned()] } else { found })
}

/// Statuses, then times. Quirk: words that are neither are let through, as long as there is a time.
fn is_cache_duration(text: &str) -> bool {
    let mut has_time = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let is_status = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        if is_status && has_time {
            return false;
        }
        let unit = word.trim_start_matches(|digit: char| digit.is_ascii_digit());
        has_time |= unit.len() < word.len() && ["ms", "s", "m", "h", "d", "w", "M", "y"].contains(&unit);
    }
    has_time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_durations_are_statuses_and_times() {
        for good in ["10m", "200 30s", "200 401 1h 30m", "403  5s", "any 5s", "2000 1d"] {
            assert_eq!(parse_cache_durations(good), Ok(vec![good.to_owned()]), "{good}");
        }
        for bad in ["200", "5s 200", "200 soon", "200 5 s", "s", "200 5min"] {
            assert_eq!(parse_cache_durations(bad), Err(bad), "{bad}");
        }
    }

    #[test]
    fn lists_may_have_gaps() {
        for (list, expected) in [
            ("200 10m,, 401 5m ", Ok("200 10m|401 5m")),
            ("", Ok(DEFAULT_CACHE_DURATION)),
            (" , ", Ok(DEFAULT_CACHE_DURATION)),
            ("200 10m, 5m 401, never", Err("5m 401")),
        ] {
            assert_eq!(parse_cache_durations(list).map(|found| found.join("|")), expected.map(str::to_owned), "{list}");
        }
    }
}
