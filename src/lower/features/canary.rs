//! A second Ingress for the same host and path that takes a share of the requests.

use super::reader::{Problem, Reader, Stop};
use crate::catalog::features::canary as keys;
use crate::ir::TrafficShare;
use crate::source::Span;

/// What a weight is a share of where nothing is said.
const DEFAULT_TOTAL: i64 = 100;

/// Whether the Ingress is a canary, and of which requests.
#[derive(Debug, Default, Clone, PartialEq)]
pub(in crate::lower) struct Canary {
    /// It is one.
    pub(in crate::lower) enabled: bool,
    /// The requests that it takes.
    pub(in crate::lower) share: TrafficShare,
    /// It is none, and this annotation wants it to be one.
    pub(in crate::lower) wish: Option<Span>,
}

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Canary, Stop> {
    // What else it says has no effect for that reason.
    if let Err(Problem::Refused | Problem::Unreadable) = reader.probe(&keys::ENABLED) {
        reader.or(&keys::ENABLED, false)?;
        return Ok(Canary { wish: Some(reader.place_of(&keys::ENABLED)), ..Canary::default() });
    }
    let enabled = reader.or(&keys::ENABLED, false)?;
    let mut share = TrafficShare { total: DEFAULT_TOTAL, ..TrafficShare::default() };
    keys::fill(reader, &mut share)?;
    let TrafficShare { weight, header, header_value, header_pattern, cookie, .. } = &share;
    let is_configured = *weight > 0 || [header, header_value, header_pattern, cookie].iter().any(|text| !text.is_empty());
    if enabled || !is_configured {
        return Ok(Canary { enabled, share, wish: None });
    }
    Ok(Canary { wish: Some(idle(reader, &share)), ..Canary::default() })
}

/// Says which annotation wants a canary that is not switched on, and where.
fn idle(reader: &mut Reader, share: &TrafficShare) -> Span {
    const REASON: &str = "it has no effect without `canary: \"true\"`";
    if share.weight > 0 {
        let _ = reader.lose(&keys::WEIGHT, REASON);
        return reader.place_of(&keys::WEIGHT);
    }
    let texts = [
        (&share.header, &keys::HEADER),
        (&share.header_value, &keys::HEADER_VALUE),
        (&share.header_pattern, &keys::HEADER_PATTERN),
        (&share.cookie, &keys::COOKIE),
    ];
    let key = texts.into_iter().find(|(text, _)| !text.is_empty()).map_or(&keys::HEADER, |(_, key)| key);
    let _ = reader.lose(key, REASON);
    reader.place_of(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Effect;
    use crate::lower::features::fixture::Fixture;

    fn canary(annotations: &[(&str, &str)]) -> (Canary, Vec<Option<Effect>>) {
        let (found, verdict) = Fixture::new(annotations).read(|reader| reader.section(read));
        (found.unwrap_or_default(), verdict.findings.iter().map(|finding| finding.effect).collect())
    }

    #[test]
    fn bad_numbers_give_way_to_the_defaults() {
        const ON: (&str, &str) = ("canary", "true");
        for (weight, total, expected, findings) in [
            ("20", "1000", (20, 1000), 0),
            ("20%", "1000", (0, 1000), 1),
            ("+5", "", (5, 100), 1),
            ("-5", "many", (-5, 100), 1),
            ("", "0", (0, 0), 1),
        ] {
            let (canary, found) = canary(&[ON, ("canary-weight", weight), ("canary-weight-total", total)]);
            assert!(canary.enabled);
            assert_eq!(((canary.share.weight, canary.share.total), found.len()), (expected, findings), "{weight:?} of {total:?}");
        }
        let (canary, _) = canary(&[ON]);
        assert_eq!(canary.share, TrafficShare { total: DEFAULT_TOTAL, ..TrafficShare::default() });
    }

    #[test]
    fn headers_and_cookies_are_taken_as_they_are() {
        let (canary, found) = canary(&[
            ("canary", "1"),
            ("canary-by-header", " X-Canary "),
            ("canary-by-header-value", "beta"),
            ("canary-by-header-pattern", "^b.*$"),
            ("canary-by-cookie", "a;b"),
        ]);
        let TrafficShare { header, header_value, header_pattern, cookie, .. } = &canary.share;
        assert_eq!([header, header_value, header_pattern, cookie], ["X-Canary", "beta", "^b.*$", ""]);
        assert_eq!(found, [Some(Effect::AnnotationIgnored)]);
    }

    #[test]
    fn a_share_without_a_canary_is_lost() {
        for (annotations, findings) in [
            (&[("canary-weight", "20")][..], 1),
            (&[("canary", "false"), ("canary-by-header", "X-Canary")], 1),
            (&[("canary", "false"), ("canary-by-cookie", "canary"), ("canary-weight", "5")], 1),
            (&[("canary", "yes"), ("canary-by-header-value", "beta")], 1),
            (&[("canary-by-header-pattern", "^b$")], 1),
            (&[("canary-weight", "0")], 0),
            (&[("canary-weight", "-1"), ("canary-weight-total", "10")], 0),
            (&[("canary", "false")], 0),
            (&[], 0),
        ] {
            let (canary, found) = canary(annotations);
            assert_eq!((canary.enabled, canary.share.header.as_str(), found.len()), (false, "", findings), "{annotations:?}");
        }
    }
}
