//! The requests that are asked about: of the command line, or of a file with one a line.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args;
use serde::Deserialize;

use crate::cli::files;
use crate::route::{ClientCertificate, Http, Request};

/// What a request is, beyond its URL.
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(super) struct RequestArgs {
    /// Method
    #[arg(short = 'X', long, value_name = "METHOD", default_value = "GET", hide_default_value = true)]
    method: String,
    /// Header; may be repeated. `Host: name` replaces the host of the URL
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Cookie; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    cookie: Vec<String>,
    /// The address that the client connects from
    #[arg(long, value_name = "ADDRESS")]
    client_ip: Option<IpAddr>,
    /// The name in the TLS handshake, where it is not the host
    #[arg(long, value_name = "NAME")]
    sni: Option<String>,
    /// The client shows a certificate that an authority of the host has signed
    #[arg(long)]
    client_cert: bool,
    /// Length of the body in bytes
    #[arg(long, value_name = "BYTES")]
    body: Option<u64>,
    /// Version of HTTP
    #[arg(long, value_name = "1.0|1.1|2", default_value = "1.1", hide_default_value = true)]
    http: String,
    /// Answer many requests, one JSON a line: {"url", "method", "headers", "cookies", "client_ip", "sni", "http"}
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(super) requests: Option<PathBuf>,
}

/// One line of a file with requests.
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
    headers: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    cookies: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    client_ip: Option<IpAddr>,
    /// `null` sends no name.
    #[serde(default, deserialize_with = "given")]
    sni: Option<Option<String>>,
    #[serde(default)]
    http: Option<serde_json::Value>,
    #[serde(default)]
    client_cert: Option<serde_json::Value>,
    #[serde(default)]
    body: Option<u64>,
}

/// Tells `null` from what is not there.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl RequestArgs {
    /// The request for a URL.
    pub(super) fn request(&self, url: &str) -> anyhow::Result<Request> {
        let mut request = Request::of_url(url).map_err(|problem| anyhow!("{problem}"))?;
        request.method.clone_from(&self.method);
        for header in &self.headers {
            let (name, value) = header.split_once(':').ok_or_else(|| anyhow!("`{header}` is no header: it reads `Name: value`"))?;
            add_header(&mut request, name.trim(), value.trim());
        }
        if !self.cookie.is_empty() {
            request.headers.push((String::from("Cookie"), self.cookie.join("; ")));
        }
        request.client = self.client_ip.unwrap_or(request.client);
        if let Some(sni) = &self.sni {
            request.sni = Some(sni.clone()).filter(|sni| !sni.is_empty());
        }
        if self.client_cert {
            request.certificate = ClientCertificate::Valid;
        }
        request.body = self.body;
        request.http = http(&self.http)?;
        Ok(request)
    }

    /// The requests of the file.
    pub(super) fn many(&self) -> anyhow::Result<Vec<Request>> {
        let Some(path) = &self.requests else { return Ok(Vec::new()) };
        let shown = path.display();
        let text = files::read(path).map_err(|reason| anyhow!("`{shown}` {reason}"))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines.map(|(at, line)| read_line(line).with_context(|| format!("{shown}:{}", at + 1))).collect()
    }
}

fn add_header(request: &mut Request, name: &str, value: &str) {
    if name.eq_ignore_ascii_case("host") {
        request.host = Some(value.to_owned());
    } else {
        if name.eq_ignore_ascii_case("content-length") {
            request.body = value.parse().ok();
        }
        request.headers.push((name.to_owned(), value.to_owned()));
    }
}

fn http(text: &str) -> anyhow::Result<Http> {
    match text {
        "1.0" => Ok(Http::V10),
        "1.1" => Ok(Http::V11),
        "2" | "2.0" => Ok(Http::V2),
        _ => Err(anyhow!("`{text}` is no version of HTTP that is known: 1.0, 1.1, 2")),
    }
}

fn read_line(line: &str) -> anyhow::Result<Request> {
    use serde_json::Value;
    let line: Line = serde_json::from_str(line).context("it is no request")?;
    let mut request = Request::of_url(&line.url).map_err(|problem| anyhow!("{problem}"))?;
    if let Some(method) = line.method {
        request.method = method;
    }
    if let Some(target) = line.target {
        request.target = target.into_bytes();
    }
    for (name, value) in &line.headers {
        match value {
            Value::Null if name.eq_ignore_ascii_case("host") => request.host = None,
            Value::Array(values) => values.iter().filter_map(Value::as_str).for_each(|value| add_header(&mut request, name, value)),
            Value::String(value) => add_header(&mut request, name, value),
            other => add_header(&mut request, name, &other.to_string()),
        }
    }
    let cookies: Vec<String> = line
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    if !cookies.is_empty() {
        request.headers.push((String::from("Cookie"), cookies.join("; ")));
    }
    request.client = line.client_ip.unwrap_or(request.client);
    if let Some(sni) = line.sni {
        request.sni = sni;
    }
    request.certificate = match line.client_cert {
        Some(Value::Bool(true)) => ClientCertificate::Valid,
        Some(Value::String(word)) if word == "invalid" => ClientCertificate::Invalid,
        _ => ClientCertificate::None,
    };
    request.body = line.body.or(request.body);
    if let Some(version) = line.http {
        request.http = http(version.as_str().unwrap_or(&version.to_string()))?;
    }
    Ok(request)
}
