//! A request as people write it down for machines: fields of JSON.

use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::request::{ClientCertificate, Request};

/// The fields of a request.
pub const KEYS: &[&str] = &["url", "target", "method", "headers", "cookies", "client_ip", "sni", "http", "client_cert", "body"];

/// The fields, as they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    url: String,
    /// The target as it is sent, where it is not that of the URL.
    #[serde(default)]
    target: Option<String>,
    #[serde(default)]
    method: Option<String>,
    /// A `null` for `Host` takes it away.
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    cookies: Map<String, Value>,
    #[serde(default)]
    client_ip: Option<IpAddr>,
    /// `null` sends no name.
    #[serde(default, deserialize_with = "given")]
    sni: Option<Option<String>>,
    #[serde(default)]
    http: Option<Value>,
    #[serde(default)]
    client_cert: Option<Value>,
    #[serde(default)]
    body: Option<u64>,
}

/// Tells `null` from what is not there.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Request {
    /// Reads `{"url", "target", "method", "headers", "cookies", "client_ip", "sni", "http", "client_cert", "body"}`, of which only the URL
    /// is needed.
    ///
    /// # Errors
    /// Why it is no request.
    pub fn of_json(value: &Value) -> Result<Self, String> {
        let line = Line::deserialize(value).map_err(|error| error.to_string())?;
        let mut request = Self::of_url(&line.url)?;
        if let Some(method) = line.method {
            request.method = method;
        }
        if let Some(target) = line.target {
            request.target = target.into_bytes();
        }
        for (name, value) in &line.headers {
            match value {
                Value::Null if name.eq_ignore_ascii_case("host") => request.host = None,
                Value::Array(values) => values.iter().filter_map(Value::as_str).for_each(|value| request.add_header(name, value)),
                Value::String(value) => request.add_header(name, value),
                other => request.add_header(name, &other.to_string()),
            }
        }
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let cookies: Vec<String> = line.cookies.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
        if !cookies.is_empty() {
            request.headers.push((String::from("Cookie"), cookies.join("; ")));
        }
        request.client = line.client_ip.unwrap_or(request.client);
        if let Some(sni) = line.sni {
            request.sni = sni;
        }
        request.certificate = match line.client_cert {
            Some(Value::Bool(true)) => ClientCertificate::Valid,
            Some(Value::String(word)) if word == "valid" => ClientCertificate::Valid,
            Some(Value::String(word)) if word == "invalid" => ClientCertificate::Invalid,
            _ => ClientCertificate::None,
        };
        request.body = line.body.or(request.body);
        if let Some(version) = line.http {
            request.http = text(&version).parse()?;
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::route::Http;

    #[test]
    fn fields_become_a_request() {
        let request = Request::of_json(&json!({
            "url": "https://shop.example.com/a", "target": "//a/./b", "method": "PUT", "headers": {"X-A": ["1", "2"], "Host": "other.example"},
            "cookies": {"a": "b", "n": 1}, "client_ip": "192.0.2.1", "sni": null, "http": 1.0, "client_cert": true, "body": 7,
        }))
        .expect("it is one");
        assert_eq!(
            (request.method.as_str(), request.target.as_slice(), request.host.as_deref()),
            ("PUT", &b"//a/./b"[..], Some("other.example"))
        );
        assert_eq!(request.headers.last(), Some(&(String::from("Cookie"), String::from("a=b; n=1"))));
        assert_eq!((request.headers.len(), request.sni, request.http, request.body), (3, None, Http::V10, Some(7)));
        assert_eq!(request.certificate, ClientCertificate::Valid);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for (value, word) in [
            (json!({}), "url"),
            (json!({"url": "nowhere"}), "is no URL"),
            (json!({"url": "http://a/", "http": "9"}), "is no version of HTTP"),
            (json!({"url": "http://a/", "client_ip": "here"}), "IP address"),
            (json!({"url": "http://a/", "metod": "PUT"}), "metod"),
        ] {
            let error = Request::of_json(&value).expect_err("it is none");
            assert!(error.contains(word), "{error}");
        }
    }
}
