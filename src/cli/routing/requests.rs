//! The requests that are asked about: of the command line, or of a file with one a line.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};
use clap::Args;
use rayon::prelude::*;
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

    /// The requests of the file, where one is named.
    pub(super) fn many(&self) -> anyhow::Result<Option<Requests>> {
        let Some(path) = &self.requests else { return Ok(None) };
        let shown = path.display().to_string();
        let text = files::read(path).map_err(|reason| anyhow!("`{shown}` {reason}"))?;
        Ok(Some(Requests::File { shown, text }))
    }
}

/// Requests of a file that are read and answered at a time.
const PORTION: usize = 8192;

/// Requests.
pub(super) enum Requests {
    /// That of the command line.
    One(Box<Request>),
    /// Those of a file: its name, and its text, of which a portion is read at a time.
    File { shown: String, text: String },
}

/// Some requests, and how many bytes of the file they took.
type Portion = anyhow::Result<(Vec<Request>, u64)>;

impl Requests {
    pub(super) fn is_many(&self) -> bool {
        matches!(self, Self::File { .. })
    }

    /// The bytes of all.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::One(_) => 0,
            Self::File { text, .. } => text.len() as u64,
        }
    }

    /// The requests in order.
    pub(super) fn portions(&self) -> Box<dyn Iterator<Item = Portion> + '_> {
        let (shown, text) = match self {
            Self::One(request) => return Box::new(std::iter::once(Ok((vec![(**request).clone()], 0)))),
            Self::File { shown, text } => (shown, text),
        };
        let mut lines = text.split_inclusive('\n').enumerate();
        Box::new(std::iter::from_fn(move || {
            let some: Vec<(usize, &str)> = lines.by_ref().take(PORTION).collect();
            let bytes = some.iter().map(|(_, line)| line.len() as u64).sum();
            let asked = some.par_iter().filter(|(_, line)| !line.trim().is_empty());
            let read: Vec<_> = asked.map(|(at, line)| read_line(line).with_context(|| format!("{shown}:{}", at + 1))).collect();
            let requests = read.into_iter().collect::<anyhow::Result<Vec<_>>>();
            (!some.is_empty()).then(|| Ok((requests?, bytes)))
        }))
    }

    /// The hosts of all; an error where one of them is no request, before any of them is answered.
    pub(super) fn hosts(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut hosts = BTreeSet::new();
        for portion in self.portions() {
            hosts.extend(portion?.0.iter().flat_map(Request::hosts));
        }
        Ok(hosts)
    }
}

fn read_line(line: &str) -> anyhow::Result<Request> {
    let value: Value = serde_json::from_str(line).context("it is no request")?;
    let request = Request::of_json(&value).map_err(|problem| anyhow!("it is no request: {problem}"))?;
    Ok(Request { is_from_anywhere: value.get("client_ip").is_none_or(Value::is_null), ..request })
}
