//! The requests that are asked about: of the command line, or of a file with one a line.

use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args;
use serde_json::Value;

use crate::cli::files;
use crate::route::{ClientCertificate, Request};

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
    /// The address that the client connects from; where none is given, what depends on it goes both ways
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

impl RequestArgs {
    /// The request for a URL.
    pub(super) fn request(&self, url: &str) -> anyhow::Result<Request> {
        let mut request = Request::of_url(url).map_err(|problem| anyhow!("{problem}"))?;
        request.method.clone_from(&self.method);
        for header in &self.headers {
            let (name, value) = header.split_once(':').ok_or_else(|| anyhow!("`{header}` is no header: it reads `Name: value`"))?;
            request.add_header(name.trim(), value.trim());
        }
        if !self.cookie.is_empty() {
            request.headers.push((String::from("Cookie"), self.cookie.join("; ")));
        }
        request.client = self.client_ip.unwrap_or(request.client);
        request.is_from_anywhere = self.client_ip.is_none();
        if let Some(sni) = &self.sni {
            request.sni = Some(sni.clone()).filter(|sni| !sni.is_empty());
        }
        if self.client_cert {
            request.certificate = ClientCertificate::Valid;
        }
        request.body = self.body;
        request.http = self.http.parse().map_err(|problem| anyhow!("{problem}"))?;
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

fn read_line(line: &str) -> anyhow::Result<Request> {
    let value: Value = serde_json::from_str(line).context("it is no request")?;
    let request = Request::of_json(&value).map_err(|problem| anyhow!("it is no request: {problem}"))?;
    Ok(Request { is_from_anywhere: value.get("client_ip").is_none_or(Value::is_null), ..request })
}
