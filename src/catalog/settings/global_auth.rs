//! External authentication for every route that does not bring its own.

use super::{Group, Reading, decode, own};
use crate::catalog::value::{DEFAULT_CACHE_DURATION, Url, parse_cache_durations};
use crate::ir::{ExternalAuth, Settings};

pub(super) static GROUP: Group = Group {
    name: "global-auth",
    doc: "External authentication for every route that does not bring its own.",
    settings: &[
        own("global-auth-url", "URL", url, "URL of the service that decides whether a request may pass.")
            .governs(&["auth_request", "set $target"])
            .protects(),
        own("global-auth-method", "method", method, "Method of the request to the service; empty: that of the client.")
            .governs(&["proxy_method"]),
        own("global-auth-signin", "URL", signin, "URL where people sign in.").governs(&["error_page", "return"]),
        own("global-auth-signin-redirect-param", "text", redirect_param, "Parameter of the sign-in URL that carries the way back.")
            .governs(&["return"]),
        own("global-auth-response-headers", "list", response_headers, "Headers of the service's answer that backends get.")
            .governs(&["auth_request_set"]),
        own("global-auth-request-redirect", "text", request_redirect, "Value of `X-Auth-Request-Redirect`; empty: the URI of the request.")
            .governs(&["proxy_set_header"]),
        own("global-auth-snippet", "text", snippet, "Raw configuration of the request to the service."),
        own("global-auth-cache-key", "text", cache_key, "What answers of the service are cached by; empty: not cached.").governs(&[
            "proxy_cache_key",
            "set $cache_key",
            "set $tmp_cache_key",
        ]),
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
    match Url::parse_absolute(reading.text) {
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
    match Url::parse_absolute(reading.text) {
        Ok(_) => reading.text.clone_into(&mut auth(settings).signin_url),
        Err(error) => reading.refuse(format!("{} is not a URL: {error}", decode::quoted(reading.text)), ""),
    }
}

/// The parameter is checked as a part of the sign-in URL, and refused where there is none.
fn redirect_param(settings: &mut Settings, reading: &mut Reading) {
    let auth = auth(settings);
    let param = reading.text.trim();
    match Url::parse_absolute(&format!("{}?{param}=dummy", auth.signin_url)) {
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
    auth(settings).cache_durations = parse_cache_durations(reading.text).unwrap_or_else(|bad| {
        reading.refuse(format!("{} is not a list of statuses and a time", decode::quoted(bad)), DEFAULT_CACHE_DURATION);
        vec![DEFAULT_CACHE_DURATION.to_owned()]
    });
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
