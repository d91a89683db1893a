//! A service that decides whether a request may pass.

use super::objects;
use super::reader::{Reader, Stop, shown};
use crate::catalog::features::external_auth as keys;
use crate::catalog::value::{Url, parse_cache_durations, patterns};
use crate::ir::ExternalAuth;
use crate::lower::auth_urls;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Option<ExternalAuth>, Stop> {
    let Some(url) = reader.get(&keys::URL)? else { return Ok(None) };
    let service = Url::parse_absolute(&url).map_err(|error| reader.deny(&keys::URL, error.to_string()))?;
    // The order is the controller's: what is denied first keeps the rest from being looked at.
    let auth = ExternalAuth {
        host: service.hostname().to_owned(),
        url,
        method: reader.get(&keys::METHOD)?.unwrap_or_default(),
        signin_url: reader.get(&keys::SIGNIN)?.unwrap_or_default(),
        signin_redirect_param: reader.get(&keys::SIGNIN_REDIRECT_PARAM)?.unwrap_or_default(),
        snippet: reader.snippet(&keys::SNIPPET)?.unwrap_or_default(),
        cache_key: reader.get(&keys::CACHE_KEY)?.unwrap_or_default(),
        ..keepalive(reader, &service)?
    };
    let mut auth = ExternalAuth {
        cache_durations: cache_durations(reader)?,
        response_headers: response_headers(reader)?,
        request_headers: request_headers(reader)?,
        request_redirect: reader.get(&keys::REQUEST_REDIRECT)?.unwrap_or_default(),
        always_set_cookie: reader.or(&keys::ALWAYS_SET_COOKIE, false)?,
        ..auth
    };
    auth_urls::settle(&mut auth);
    Ok(Some(auth))
}

/// Whether the external authentication of the whole controller applies. Nothing that spoils the Ingress's own spoils this.
pub(in crate::lower) fn read_global(reader: &mut Reader) -> Result<bool, Stop> {
    reader.or(&keys::GLOBAL, true)
}

/// Connections to the service that are kept open. Without requests or time for them, or with a variable in the host, there are none.
fn keepalive(reader: &mut Reader, service: &Url) -> Result<ExternalAuth, Stop> {
    let connections = reader.or(&keys::KEEPALIVE, 0)?;
    let share_vars = reader.or(&keys::KEEPALIVE_SHARE_VARS, false)?;
    let requests = reader.or(&keys::KEEPALIVE_REQUESTS, 1000)?;
    let timeout = reader.or(&keys::KEEPALIVE_TIMEOUT, 60)?;
    let obstacle = match connections {
        0 => None,
        _ if connections < 0 => Some((&keys::KEEPALIVE, "it must not be negative")),
        _ if service.host.contains('$') => Some((&keys::KEEPALIVE, "a host with variables cannot be kept connected to")),
        _ if requests <= 0 => Some((&keys::KEEPALIVE_REQUESTS, "it must be greater than zero, and switches `auth-keepalive` off")),
        _ if timeout <= 0 => Some((&keys::KEEPALIVE_TIMEOUT, "it must be greater than zero, and switches `auth-keepalive` off")),
        _ => None,
    };
    if let Some((key, reason)) = obstacle {
        reader.ignore(key, reason);
    }
    Ok(ExternalAuth {
        keepalive_connections: if obstacle.is_some() { 0 } else { connections },
        keepalive_share_vars: share_vars,
        keepalive_requests: requests,
        keepalive_timeout: timeout,
        ..ExternalAuth::default()
    })
}

fn cache_durations(reader: &mut Reader) -> Result<Vec<String>, Stop> {
    let list = reader.get(&keys::CACHE_DURATION)?.unwrap_or_default();
    parse_cache_durations(&list)
        .map_err(|bad| reader.deny(&keys::CACHE_DURATION, format!("`{}` is not a list of statuses and a time", shown(bad))))
}

fn response_headers(reader: &mut Reader) -> Result<Vec<String>, Stop> {
    let list = reader.get(&keys::RESPONSE_HEADERS)?.unwrap_or_default();
    header_names(&list).map_err(|bad| reader.deny(&keys::RESPONSE_HEADERS, format!("`{}` is not the name of a header", shown(bad))))
}

/// The names of a list that is separated by commas.
///
/// # Errors
/// The first that is not the name of a header.
fn header_names(list: &str) -> Result<Vec<String>, &str> {
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| if patterns::HEADER_NAME.is_match(name) { Ok(name.to_owned()) } else { Err(name) }).collect()
}

/// Headers of the request to the service, from a ConfigMap. Quirk: its namespace may be left out by the rules, and must not be for the
/// ConfigMap to be found.
fn request_headers(reader: &mut Reader) -> Result<Vec<(String, String)>, Stop> {
    let Some(reference) = reader.get(&keys::REQUEST_HEADERS)? else { return Ok(Vec::new()) };
    let Some((namespace, _)) = objects::split(&reference) else { return Err(objects::malformed(reader, &keys::REQUEST_HEADERS)) };
    if !namespace.is_empty() {
        objects::check_namespace(reader, &keys::REQUEST_HEADERS, namespace)?;
    }
    let Some(config_map) = reader.world.config_map(&reference) else {
        return Err(match namespace {
            "" => objects::malformed(reader, &keys::REQUEST_HEADERS),
            _ => reader.deny_absent(&keys::REQUEST_HEADERS, "ConfigMap", &reference),
        });
    };
    let headers = config_map.value.data.iter().flatten();
    match headers.clone().find(|(name, _)| !patterns::HEADER_NAME.is_match(name)) {
        None => Ok(headers.map(|(name, value)| (name.clone(), value.clone())).collect()),
        Some((bad, _)) => {
            let reason = format!("`{}` in the ConfigMap `{reference}` is not the name of a header", shown(bad));
            Err(reader.deny(&keys::REQUEST_HEADERS, reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_listed_by_name() {
        for (list, expected) in [
            ("X-User, X-Mail", Ok("X-User X-Mail")),
            (",X-User,,x_user ", Ok("X-User x_user")),
            ("", Ok("")),
            ("X-User X-Mail", Err("X-User X-Mail")),
            ("X-User,X;Mail", Err("X;Mail")),
            ("Ü", Err("Ü")),
        ] {
            assert_eq!(header_names(list).map(|names| names.join(" ")), expected.map(str::to_owned), "{list}");
        }
    }
}
