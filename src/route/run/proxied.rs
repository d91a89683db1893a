//! What a backend sees of a request.
//!
//! Source: `ngx_http_proxy_create_request`.

use super::Run;
use crate::route::decision::Passed;
use crate::route::target::escape_path;
use crate::route::text::Template;

/// Headers that are never passed on as they come.
const OWN: &[&str] = &["Host", "Connection", "Content-Length", "Transfer-Encoding", "TE", "Keep-Alive", "Expect", "Upgrade"];

impl<'c> Run<'c, '_> {
    /// The path and the arguments that a backend sees. `own` is the path in the address that requests are passed to.
    pub(super) fn passed_uri(&mut self, own: &str, is_computed: bool) -> Vec<u8> {
        if is_computed && !own.is_empty() {
            return own.as_bytes().to_vec();
        }
        if own.is_empty() && self.is_unchanged {
            return self.unparsed.to_vec();
        }
        let length = if self.is_placed && !own.is_empty() { self.location.map_or(0, |location| location.path.len()) } else { 0 };
        let rest = self.path.get(length..).unwrap_or_default();
        let rest = if self.is_quoted || self.is_internal { escape_path(rest) } else { rest.to_vec() };
        let mut uri = [own.as_bytes(), &rest].concat();
        if !self.args.is_empty() {
            uri.push(b'?');
            uri.extend(&self.args);
        }
        uri
    }

    /// Fills in the headers that a backend sees.
    pub(super) fn headers(&mut self, passed: &mut Passed, set: &'c [(String, Template)], host: &str) {
        let mut known: Vec<&str> = Vec::new();
        // FastCGI has parameters of its own: what the client sent stays as it is.
        let is_fastcgi = passed.protocol == "fastcgi";
        let mut sees_host = Some(if is_fastcgi { self.request.host.clone().unwrap_or_default() } else { host.to_owned() });
        let is_left_out = !self.is_told;
        for (name, value) in set.iter().filter(|(name, _)| !is_left_out || name.eq_ignore_ascii_case("host")) {
            known.push(name);
            let value = self.text(value).into_text();
            if name.eq_ignore_ascii_case("host") {
                // An empty value takes the header away.
                sees_host = value;
            } else if is_fastcgi || value.as_deref() != Some("") {
                passed.headers.push((name.clone(), value));
            }
        }
        let is_set = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
        if !is_set("connection") && !is_fastcgi {
            passed.headers.push((String::from("Connection"), Some(String::from("close"))));
        }
        passed.host = sees_host;
        if is_left_out {
            passed.headers.clear();
            return;
        }
        if is_fastcgi {
            let host = self.request.host.iter().map(|host| ("Host", host.as_str()));
            let all = host.chain(self.request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let sent: Vec<(String, Option<String>)> = all
                .filter(|(name, _)| self.is_read(name))
                .map(|(name, value)| (format!("HTTP_{}", name.to_ascii_uppercase().replace('-', "_")), Some(value.to_owned())))
                .collect();
            passed.headers.extend(sent);
            let length = self.request.body.map(|length| (String::from("HTTP_CONTENT_LENGTH"), Some(length.to_string())));
            passed.headers.extend(length);
            return;
        }
        let withholds = self.level.headers.withholds == Some(true);
        let is_gone = |name: &str| {
            let is_given = passed.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
            let is_body = name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding");
            !is_given
                && !is_body
                && (!self.is_read(name) || withholds || is_set(name) || OWN.iter().any(|own| own.eq_ignore_ascii_case(name)))
        };
        let removed = self.request.headers.iter().map(|(name, _)| name).filter(|name| is_gone(name));
        let mut removed: Vec<String> = removed.cloned().collect();
        removed.sort();
        removed.dedup();
        passed.removed = removed;
    }
}
