//! Limits that all controllers count together.

use super::reader::{Problem, Reader, Stop};
use crate::catalog::features::global_rate_limits as keys;
use crate::catalog::value::{parse_duration, parse_networks};
use crate::ir::GlobalLimit;

/// What requests are counted by where nothing is said.
const DEFAULT_KEY: &str = "$remote_addr";

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Option<GlobalLimit>, Stop> {
    let requests = reader.or(&keys::REQUESTS, 0)?;
    let window = reader.get(&keys::WINDOW)?.unwrap_or_default();
    if requests == 0 || window.is_empty() {
        return Ok(None);
    }
    let Some(window) = parse_duration(&window) else {
        return Err(reader.deny(&keys::WINDOW, "it must be a length of time like `90s` or `1m30s`"));
    };
    let key = reader.or(&keys::KEY, String::from(DEFAULT_KEY))?;
    let exempt = match reader.probe(&keys::EXEMPT) {
        Ok(list) => {
            parse_networks(&list).ok_or_else(|| reader.lose(&keys::EXEMPT, "it holds something else than addresses and networks"))?
        }
        Err(Problem::Refused) => return Err(reader.lose(&keys::EXEMPT, "it holds something else than addresses and networks")),
        Err(Problem::Missing | Problem::Unreadable) => Vec::new(),
    };
    let window = i64::try_from(window.as_secs()).unwrap_or(i64::MAX);
    Ok(Some(GlobalLimit { namespace: reader.uid().replace('-', ""), requests, window, key, exempt }))
}
