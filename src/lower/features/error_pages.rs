//! What answers when the backend fails.

use super::reader::{Reader, Stop};
use crate::catalog::features::error_pages as keys;

/// Error codes of the backend that are replaced by a page, and whether the backend's own page is shown all the same.
pub(super) fn read(reader: &mut Reader) -> Result<(Vec<i64>, bool), Stop> {
    let codes = match reader.get(&keys::CODES)? {
        None => Vec::new(),
        Some(list) => parse_codes(&list).unwrap_or_else(|| {
            reader.ignore(&keys::CODES, "the codes must be separated by commas");
            Vec::new()
        }),
    };
    Ok((codes, reader.or(&keys::KEEP_BACKEND_ERRORS, false)?))
}

/// Numbers that are separated by commas; none if one item is something else. Quirk: they need not be codes of HTTP.
fn parse_codes(list: &str) -> Option<Vec<i64>> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(|item| item.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_separated_by_commas() {
        for (list, expected) in [
            ("404,503", Some(vec![404, 503])),
            (" 503, 404 ,503,", Some(vec![503, 404, 503])),
            (",23", Some(vec![23])),
            ("404503", Some(vec![404_503])),
            ("", Some(vec![])),
            ("404 503", None),
            ("40450340450340450340", None),
        ] {
            assert_eq!(parse_codes(list), expected, "{list}");
        }
    }
}
