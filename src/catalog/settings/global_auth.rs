//! External authentication for every route that does not bring its own.

use super::{Group, Reading, decode, own};
use crate::catalog::url;
use crate::ir::{ExternalAuth, Settings};

pub(super) static GROUP: Group = Group {
    name: "global-auth",
    doc: "External authentication for every route that does not bring its own.",
    settings: &[
        own("global-auth-url", "URL", url, "URL of the service that decides whether a request may pass.")
            .governs(&["auth_request"])
            .protects(),
        own("global-auth-method", "method", method, "Method of the request to the service; empty: that of the client.")
            .governs(&["proxy_method"]),
        own("global-auth-signin", "URL", signin, "URL where people sign in.").governs(&["error_page"]),
        own("global-auth-signin-redirect-param", "text", redirect_param, "Parameter of the sign-in URL that carries the way back.")
            .governs(&["error_page"]),
        own("global-auth-response-headers", "list", response_headers, "Headers of the service's answer that backends get.")
            .governs(&["auth_request_set"]),
        own("global-auth-request-redirect", "text", request_redirect, "Value of `X-Auth-Request-Redirect`; empty: the URI of the request.")
            .governs(&["proxy_set_header"]),
        own("global-auth-snippet", "text", snippet, "Raw configuration of the request to the service."),
        own("global-auth-cache-key", "text", cache_key, "What answers of the service are cached by; empty: not cached.")
            .governs(&["proxy_cache_key"]),
        own("global-auth-cache-duration", "list", cache_duration, "How long answers of the service are cached, by status.")
            .governs(&["proxy_cache_valid"]),
        own("global-auth-always-set-cookie", "boolean", always_set_cookie, "Set the cookie of the service on every response.")
            .governs(&["add_header"]),
    ],
};

/// What the keys write to. Quirk: the list of headers has one empty name until it is set.
fn auth(settings: &mut Settings) -> &mut ExternalAuth {
    settings.global_auth.get_or_insert_with(|| ExternalAuth { response_headers: vec![String::new()], ..ExternalAuth::default() })
}

fn url(settings: &mut Settings, reading: &mut Reading) {
    match url::parse(reading.text) {
        Ok(url) => {
            let auth = auth(settings);
            reading.text.clone_into(&mut auth.url);
            url.hostname().clone_into(&mut auth.host);
        }
        Err(error) => reading.refuse(format!("{} is not a URL: {error}", decode::quoted(reading.text)), ""),
    }
}

fn method(settings: &mut Settings, reading: &mut Reading) {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];
    if reading.text.is_empty() || METHODS.contains(&reading.text) {
        reading.text.clone_into(&mut auth(settings).method);
    } else {
        reading.refuse(format!("{} is not a method of HTTP", decode::quoted(reading.text)), "");
    }
}

fn signin(settings: &mut Settings, reading: &mut Reading) {
    match url::parse(reading.text) {
        Ok(_) => reading.text.clone_into(&mut auth(settings).signin_url),
        Err(error) => reading.refuse(format!("{} is not a URL: {error}", decode::quoted(reading.text)), ""),
    }
}

/// The parameter is checked as a part of the sign-in URL, and refused where there is none.
fn redirect_param(settings: &mut Settings, reading: &mut Reading) {
    let auth = auth(settings);
    let param = reading.text.trim();
    match url::parse(&format!("{}?{param}=dummy", auth.signin_url)) {
        Ok(_) => param.clone_into(&mut auth.signin_redirect_param),
        Err(_) if auth.signin_url.is_empty() => reading.refuse("it needs a valid `global-auth-signin`", ""),
        Err(error) => reading.refuse(format!("{} makes the sign-in URL invalid: {error}", decode::quoted(param)), ""),
    }
}

fn response_headers(settings: &mut Settings, reading: &mut Reading) {
    let (good, bad): (Vec<_>, Vec<_>) = decode::split(reading.text).into_iter().partition(|header| decode::is_header_name(header));
    auth(settings).response_headers = good;
    for header in bad {
        reading.refuse_item(format!("{} is not the name of a header", decode::quoted(&header)));
    }
}

fn request_redirect(settings: &mut Settings, reading: &mut Reading) {
    reading.text.clone_into(&mut auth(settings).request_redirect);
}

fn snippet(settings: &mut Settings, reading: &mut Reading) {
    reading.text.clone_into(&mut auth(settings).snippet);
}

fn cache_key(settings: &mut Settings, reading: &mut Reading) {
    reading.text.clone_into(&mut auth(settings).cache_key);
}

fn cache_duration(settings: &mut Settings, reading: &mut Reading) {
    const DEFAULT: &str = "200 202 401 5m";
    let items: Vec<String> = reading.text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect();
    let bad = items.iter().find(|item| !is_cache_duration(item));
    if let Some(bad) = bad {
        reading.refuse(format!("{} is not a list of statuses and a time", decode::quoted(bad)), DEFAULT);
    }
    let refused = bad.is_some() || items.is_empty();
    auth(settings).cache_durations = if refused { vec![DEFAULT.to_owned()] } else { items };
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

fn always_set_cookie(settings: &mut Settings, reading: &mut Reading) {
    auth(settings).always_set_cookie = match decode::boolean(reading.text) {
        Ok(value) => value,
        Err(error) => {
            reading.refuse(error.to_string(), "false");
            false
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_durations_are_statuses_and_times() {
        for good in ["10m", "200 30s", "200 401 1h 30m", " 403  5s ", "any 5s", "2000 1d"] {
            assert!(is_cache_duration(good), "{good}");
        }
        for bad in ["", "200", "5s 200", "200 soon", "200 5 s", "s", "200 5min"] {
            assert!(!is_cache_duration(bad), "{bad}");
        }
    }
}
