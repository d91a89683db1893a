//! What the controller's Lua code is told about protections: HSTS, and which hosts have a certificate.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::Verdict;
use super::shift::Shift;

/// A field of a table in Lua code, as the controller writes it: `name = value,`.
pub(super) fn field<'c>(code: &'c str, name: &str) -> Option<&'c str> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    code.match_indices(name).find_map(|(at, _)| {
        let begins = at == 0 || !is_part(code.as_bytes()[at - 1]);
        let value = code[at + name.len()..].trim_start().strip_prefix('=').filter(|_| begins)?.trim_start();
        let end = value.find([',', '\n', '}', ' ']).unwrap_or(value.len());
        Some(value[..end].trim_matches(['"', '\'']))
    })
}

/// What browsers are told about HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Hsts {
    /// For how many seconds; zero takes back what was said before.
    pub(super) seconds: u64,
    pub(super) subdomains: bool,
    pub(super) preload: bool,
}

impl Hsts {
    /// Of the value of the header.
    pub(super) fn of_header(value: &str) -> Self {
        let mut hsts = Self::default();
        for part in value.split(';').map(|part| part.trim().to_ascii_lowercase()) {
            match part.as_str() {
                "includesubdomains" => hsts.subdomains = true,
                "preload" => hsts.preload = true,
                part => {
                    let age = part.strip_prefix("max-age=").and_then(|age| age.trim_matches('"').parse().ok());
                    hsts.seconds = age.unwrap_or(hsts.seconds);
                }
            }
        }
        hsts
    }

    /// Of what the controller hands to its code; `read` finds a field.
    pub(super) fn of_fields<'f>(read: impl Fn(&str) -> Option<&'f str>) -> Option<Self> {
        let is_on = |name| read(name).map(|value| value == "true");
        if !is_on("hsts")? {
            return Some(Self::default());
        }
        let seconds = read("hsts_max_age").and_then(|age| age.parse().ok()).unwrap_or(0);
        let flag = |name| is_on(name).unwrap_or(false);
        Some(Self { seconds, subdomains: flag("hsts_include_subdomains"), preload: flag("hsts_preload") })
    }

    pub(super) fn is_on(self) -> bool {
        self.seconds > 0
    }

    /// Shorter, and for fewer hosts, is weaker.
    pub(super) fn shift(self, after: Self) -> Shift {
        let seconds = Shift::falling(&self.seconds, &after.seconds);
        if !self.is_on() || !after.is_on() {
            return seconds;
        }
        seconds.and(Shift::falling(&self.subdomains, &after.subdomains)).and(Shift::falling(&self.preload, &after.preload))
    }

    /// The header in words.
    pub(super) fn shown(self) -> String {
        if !self.is_on() {
            return String::from("none");
        }
        let flag = |is: bool, word: &str| if is { format!(", {word}") } else { String::new() };
        format!("{} s{}{}", self.seconds, flag(self.subdomains, "subdomains too"), flag(self.preload, "preload"))
    }

    /// What became of it, in words.
    pub(super) fn told(self, after: Self) -> Option<(Verdict, String)> {
        let verdict = self.shift(after).verdict(self.is_on(), after.is_on())?;
        Some((verdict, format!("HSTS changed from {} to {}", self.shown(), after.shown())))
    }
}

/// What a change of one key of `lua.json` does to a protection.
#[must_use]
pub fn of_setting(key: &str, before: &Value, after: &Value) -> Option<(Verdict, String)> {
    if !key.starts_with("hsts") {
        return None;
    }
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fields = |document: &Value| -> BTreeMap<String, String> {
        document.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
    };
    let (old, new) = (fields(before), fields(after));
    let read = |fields: &BTreeMap<String, String>| Hsts::of_fields(|name| fields.get(name).map(String::as_str)).unwrap_or_default();
    // Each key is a change of its own: what the others say is as it was, but where HSTS begins or ends.
    let (was, is) = (read(&old), read(&new));
    let mut one = old.clone();
    one.extend(new.get(key).map(|value| (key.to_owned(), value.clone())));
    let alone = if was.is_on() && is.is_on() { read(&one) } else { is };
    let begins = was.is_on() != is.is_on();
    let decides = !begins || key == "hsts" || old.get("hsts") == new.get("hsts") && key == "hsts_max_age";
    if decides { was.told(alone) } else { None }
}

/// What the controller calls its own certificate, which hosts have that are to have one and name none.
const DEFAULT: &str = "default";

/// How the controller writes `*.example.com`, which stands for one label there: in front of the rest, with its dots escaped, and a `$`.
const ONE_LABEL: &str = r"~^(?<subdomain>[\w-]+)\.";

/// The host that a name of a server stands for; none for an expression that is no wildcard.
pub(super) fn host(name: &str) -> Option<Cow<'_, str>> {
    match name.strip_prefix(ONE_LABEL).and_then(|rest| rest.strip_suffix('$')) {
        Some(rest) => Some(Cow::Owned(format!("*.{}", rest.replace(r"\.", ".")))),
        None => (!name.starts_with('~')).then_some(Cow::Borrowed(name)),
    }
}

/// The certificate of a host, its own or that of the wildcard above it.
pub(super) fn certificate<'d>(document: &'d Value, host: &str) -> Option<&'d str> {
    let of = |host: &str| document.get(host).and_then(Value::as_str).filter(|name| !name.is_empty());
    of(host).or_else(|| of(&format!("*.{}", host.split_once('.')?.1)))
}

/// What follows from whether a host has a certificate.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfCertificate {
    /// Requests over HTTP are redirected for no other reason.
    pub redirects: bool,
    /// Browsers are told to come over HTTPS alone.
    pub hsts: bool,
}

impl OfCertificate {
    /// The same in words, with some before and behind.
    fn told(self, words: [&str; 2]) -> Option<String> {
        let [redirects, hsts] = words;
        let parts = [(self.redirects, redirects), (self.hsts, hsts)];
        let parts: Vec<&str> = parts.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        (!parts.is_empty()).then(|| parts.join(", and "))
    }
}

/// Whether the controller's settings for its code say that HSTS is sent.
#[must_use]
pub fn sends_hsts(settings: &Value) -> bool {
    let text = |name: &str| settings.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    text("hsts").is_some_and(|is| is == "true") && text("hsts_max_age").is_none_or(|age| age.parse() != Ok(0))
}

/// What a change of the certificate of a host does: without one the controller's own is shown, HTTP is not redirected and HSTS not sent.
/// What follows from that on either side is asked where it matters.
pub(crate) fn of_certificate(
    host: &str,
    before: &Value,
    after: &Value,
    follows: impl Fn(bool) -> OfCertificate,
) -> Option<(Option<Verdict>, String)> {
    const LOST: [&str; 2] = ["requests over http are no longer redirected to https", "HSTS is no longer sent"];
    const GAINED: [&str; 2] = ["requests over http are redirected to https", "HSTS is sent"];
    let shown =
        |name: &str| if name == DEFAULT { String::from("the default one of the controller") } else { format!("that of Secret `{name}`") };
    let told = match (certificate(before, host), certificate(after, host)) {
        (Some(old), Some(new)) if old != new => {
            (Some(Verdict::Changed), format!("certificate of host `{host}` changed from {} to {}", shown(old), shown(new)))
        }
        // The default one is shown with it and without it: only what follows goes.
        (Some(DEFAULT), None) => match follows(false).told(LOST) {
            Some(lost) => (Some(Verdict::Lost), format!("{lost}: no section `tls` names host `{host}` any more")),
            None => (None, format!("no section `tls` names host `{host}` any more, with the same effect")),
        },
        (Some(_), None) => {
            let lost = follows(false).told(LOST).map(|lost| format!("; {lost}")).unwrap_or_default();
            (Some(Verdict::Lost), format!("certificate of host `{host}` removed: the default one of the controller is shown{lost}"))
        }
        (None, Some(DEFAULT)) => match follows(true).told(GAINED) {
            Some(gained) => (Some(Verdict::Gained), format!("{gained}: a section `tls` names host `{host}`")),
            None => (None, format!("a section `tls` names host `{host}`, with the same effect")),
        },
        (None, Some(_)) => {
            let gained = follows(true).told(GAINED).map(|gained| format!("; {gained}")).unwrap_or_default();
            (Some(Verdict::Gained), format!("certificate of host `{host}` added{gained}"))
        }
        _ => return None,
    };
    Some(told)
}
