//! Requests that take a way: from what is assumed back to what a client sends.

use std::collections::BTreeMap;

use super::assume::{Assumed, Place};
use super::hosts::Class;
use super::term::Input;
use super::walk::CERTIFICATE;
use crate::route::request::{ClientCertificate, Request};

/// Requests that are tried for one way.
const MOST: usize = 48;

/// What is wanted of requests.
#[derive(Debug, Clone, Default)]
pub(in crate::route) struct Wish {
    words: BTreeMap<Input, Vec<u8>>,
    wanted: BTreeMap<Input, super::test::Wanted>,
    certificate: usize,
}

impl Wish {
    /// What is assumed.
    pub(in crate::route) fn of(assumed: &mut Assumed<'_>) -> Self {
        let inputs: Vec<Input> = assumed.inputs.keys().cloned().collect();
        let words = inputs.iter().filter_map(|input| Some((input.clone(), assumed.word(input)?))).collect();
        Self { words, wanted: assumed.inputs.clone(), certificate: assumed.chosen(CERTIFICATE).unwrap_or(0) }
    }

    fn fits(&self, input: &Input, word: &[u8]) -> bool {
        self.wanted.get(input).is_none_or(|wanted| wanted.iter().all(|(test, answer)| test.holds(word) == *answer))
    }

    fn text(&self, input: &Input) -> Option<String> {
        self.words.get(input).map(|word| String::from_utf8_lossy(word).into_owned())
    }
}

/// A path as it is sent.
pub(in crate::route) fn encoded(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*,:;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Spellings of one path, the plain one first.
fn spellings(path: &[u8]) -> Vec<String> {
    let plain = encoded(path);
    let mut all = vec![plain.clone(), format!("{plain}?q=1"), format!("{plain}?a=b+c")];
    if let Some(at) = path.iter().rposition(u8::is_ascii_alphanumeric) {
        all.push(format!("{}%{:02X}{}", encoded(&path[..at]), path[at], encoded(&path[at + 1..])));
    }
    all.push(format!("/{plain}"));
    all.push(format!("/.{plain}"));
    all
}

/// Requests as is wished, the smallest first. `others`: parts of requests that are worth a value, though nobody asked for them.
pub(in crate::route) fn requests(wish: &Wish, class: &Class, is_tls: bool, words: &[Vec<u8>], others: &[Input]) -> Vec<Request> {
    let args = wish.text(&Input::Args).filter(|args| !args.is_empty());
    let named = wish.words.iter().filter_map(|(input, word)| match input {
        Input::Argument(name) if !word.is_empty() => Some(format!("{name}={}", String::from_utf8_lossy(word))),
        _ => None,
    });
    let args: Vec<String> = args.into_iter().chain(named).collect();
    let mut targets: Vec<String> = Vec::new();
    for word in words {
        for spelling in spellings(word) {
            let joined = args.join("&");
            let sign = if joined.is_empty() {
                ""
            } else if spelling.contains('?') {
                "&"
            } else {
                "?"
            };
            targets.push(format!("{spelling}{sign}{joined}"));
        }
    }
    let fitting: Vec<String> = targets.iter().filter(|target| wish.fits(&Input::Target, target.as_bytes())).cloned().collect();
    if !fitting.is_empty() {
        targets = fitting;
    }
    // The shortest path first, in all of its spellings only where that is not enough.
    targets.sort_by_key(|target| target.len());
    let request = |target: &str, host: &str, others: &[Input]| one(wish, class, is_tls, target, host, others);
    let host = host(wish, class);
    let mut all: Vec<Request> = targets.iter().take(MOST / 2).map(|target| request(target, &host, &[])).collect();
    let first: Vec<&String> = targets.iter().take(4).collect();
    all.extend(first.iter().map(|target| request(target, &host, others)));
    let spelled = [host.to_ascii_uppercase(), format!("{host}:8443"), format!("{host}.")];
    all.extend(
        spelled
            .iter()
            .filter(|host| wish.fits(&Input::HttpHost, host.as_bytes()))
            .map(|host| request(first.first().map_or("/", |target| target.as_str()), host, &[])),
    );
    all.truncate(MOST);
    all
}

/// The host as it is sent.
fn host(wish: &Wish, class: &Class) -> String {
    let spellings = [class.name.clone(), class.name.to_ascii_uppercase(), format!("{}:8443", class.name), format!("{}.", class.name)];
    let found = spellings.into_iter().find(|host| wish.fits(&Input::HttpHost, host.as_bytes()));
    found.or_else(|| wish.text(&Input::HttpHost)).unwrap_or_else(|| class.name.clone())
}

fn one(wish: &Wish, class: &Class, is_tls: bool, target: &str, host: &str, others: &[Input]) -> Request {
    let scheme = if is_tls { "https" } else { "http" };
    let mut request = Request::of_url(&format!("{scheme}://{}/", class.name)).unwrap_or_else(|_| Request::empty());
    request.is_tls = is_tls;
    request.target = target.as_bytes().to_vec();
    request.host = Some(host.to_owned());
    request.sni = is_tls.then(|| class.name.clone());
    request.method = wish.text(&Input::Method).unwrap_or_else(|| String::from("GET"));
    let mut cookies = Vec::new();
    let mut add = |input: &Input, word: &str| match input {
        Input::Header(name) if !word.is_empty() && &**name != "cookie" => request.headers.push((title(name), word.to_owned())),
        Input::Cookie(name) if !word.is_empty() => cookies.push(format!("{name}={word}")),
        Input::Client(_) => request.client = word.parse().unwrap_or(request.client),
        _ => {}
    };
    for (input, word) in &wish.words {
        add(input, &String::from_utf8_lossy(word));
    }
    for input in others.iter().filter(|input| !wish.words.contains_key(input)) {
        let word = if matches!(input, Input::Client(_)) { "192.0.2.7" } else { "zq" };
        add(input, word);
    }
    if !cookies.is_empty() {
        request.headers.push((String::from("Cookie"), cookies.join("; ")));
    }
    request.certificate = match wish.certificate {
        1 => ClientCertificate::Valid,
        2 => ClientCertificate::Invalid,
        _ => ClientCertificate::None,
    };
    request
}

/// A name of a variable as that of a header.
fn title(name: &str) -> String {
    let parts = name.split('_').map(|part| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    parts.collect::<Vec<_>>().join("-")
}

/// How large a request is, for people.
pub(in crate::route) fn size(request: &Request) -> (usize, usize, usize, usize) {
    let method = usize::from(request.method != "GET");
    (
        request.headers.len() + method + usize::from(request.body.is_some()),
        request.target.len(),
        usize::from(request.client.to_string() != "127.0.0.1"),
        request.headers.iter().map(|(name, value)| name.len() + value.len()).sum(),
    )
}

/// Requests for a host of which nothing is assumed: its paths, and what is like them.
pub(in crate::route) fn drawn(class: &Class, is_tls: bool, paths: &[Place]) -> Vec<Request> {
    let wish = Wish::default();
    let words: Vec<Vec<u8>> = paths.iter().map(|place| place.word.clone()).collect();
    words.chunks(4).flat_map(|words| requests(&wish, class, is_tls, words, &[])).collect()
}
