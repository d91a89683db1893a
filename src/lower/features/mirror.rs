//! A copy of each request for another service.

use super::fallbacks;
use super::reader::{Problem, Reader, Stop};
use crate::catalog::features::mirror as keys;
use crate::catalog::value::Url;
use crate::ir::Mirror;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Option<Mirror>, Stop> {
    let target = match reader.get(&keys::TARGET)? {
        Some(target) => target,
        // Quirk: where the check refuses the target, requests are still copied, to a place that does not exist.
        None if reader.probe(&keys::TARGET) == Err(Problem::Refused) => String::new(),
        None => return Ok(None),
    };
    let with_body = fallbacks::word(reader, &keys::REQUEST_BODY, "on")? == "on";
    let host = reader.get(&keys::HOST)?.unwrap_or_else(|| host_of(&target));
    if host.is_empty() && !target.is_empty() {
        reader.ignore(&keys::TARGET, "no host can be read from it; name one with `mirror-host`");
    }
    Ok(Some(Mirror { source: format!("/_mirror-{}", reader.uid()), target, host, with_body }))
}

/// The host of a URL that may hold variables of nginx, as far as it stands before the first of them.
fn host_of(target: &str) -> String {
    let fixed = target.split('$').next().unwrap_or_default();
    Url::parse_absolute(fixed).map(|url| url.hostname().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_end_at_variables() {
        for (target, expected) in [
            ("https://m.example.com$request_uri", "m.example.com"),
            ("http://m.example.com:8080/x", "m.example.com"),
            ("http://10.0.0.1", "10.0.0.1"),
            ("http://m.$domain/", "m."),
            ("http://$host/x", ""),
            ("http://a..b/", ""),
            ("m.example.com", ""),
            ("", ""),
        ] {
            assert_eq!(host_of(target), expected, "{target}");
        }
    }
}
