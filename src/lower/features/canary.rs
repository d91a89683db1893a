//! A second Ingress for the same host and path that takes a share of the requests.

use super::reader::{Reader, Stop};
use crate::catalog::features::canary as keys;
use crate::ir::TrafficShare;
use crate::lower::annotations::Canary;

/// What a weight is a share of where nothing is said.
const DEFAULT_TOTAL: i64 = 100;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Canary, Stop> {
    let enabled = reader.or(&keys::ENABLED, false)?;
    let share = TrafficShare {
        weight: reader.or(&keys::WEIGHT, 0)?,
        total: reader.or(&keys::WEIGHT_TOTAL, DEFAULT_TOTAL)?,
        header: reader.get(&keys::HEADER)?.unwrap_or_default(),
        header_value: reader.get(&keys::HEADER_VALUE)?.unwrap_or_default(),
        header_pattern: reader.get(&keys::HEADER_PATTERN)?.unwrap_or_default(),
        cookie: reader.get(&keys::COOKIE)?.unwrap_or_default(),
    };
    let TrafficShare { weight, header, header_value, header_pattern, cookie, .. } = &share;
    let is_configured = *weight > 0 || [header, header_value, header_pattern, cookie].iter().any(|text| !text.is_empty());
    if enabled || !is_configured {
        return Ok(Canary { enabled, share });
    }
    Err(idle(reader, &share))
}

/// Says which annotation wants a canary that is not switched on.
fn idle(reader: &mut Reader, share: &TrafficShare) -> Stop {
    const REASON: &str = "it has no effect without `canary: \"true\"`";
    if share.weight > 0 {
        return reader.lose(&keys::WEIGHT, REASON);
    }
    let texts = [
        (&share.header, &keys::HEADER),
        (&share.header_value, &keys::HEADER_VALUE),
        (&share.header_pattern, &keys::HEADER_PATTERN),
        (&share.cookie, &keys::COOKIE),
    ];
    let key = texts.into_iter().find(|(text, _)| !text.is_empty()).map_or(&keys::HEADER, |(_, key)| key);
    reader.lose(key, REASON)
}
