//! What the controller's Lua code is told about protections: HSTS, and which hosts have a certificate.

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

/// What a change of the certificate of a host does: without one, the default certificate is shown, and HTTP is not redirected.
#[must_use]
pub fn of_certificate(host: &str, before: &Value, after: &Value) -> Option<(Verdict, String)> {
    let of = |document: &Value, host: &str| document.get(host).and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
    let wider = || host.split_once('.').map(|(_, domain)| format!("*.{domain}"));
    let known = |document: &Value| of(document, host).or_else(|| of(document, &wider()?));
    match (known(before), known(after)) {
        (Some(old), Some(new)) if old != new => Some((Verdict::Changed, format!("certificate of host `{host}` is another one"))),
        (Some(_), None) => {
            Some((Verdict::Lost, format!("certificate of host `{host}` removed: the default one is shown, without a redirect to HTTPS")))
        }
        (None, Some(_)) => Some((Verdict::Gained, format!("certificate of host `{host}` added"))),
        _ => None,
    }
}
