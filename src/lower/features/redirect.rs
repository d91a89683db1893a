//! Redirects instead of answers.

use super::reader::{Reader, Stop};
use crate::catalog::features::redirect as keys;
use crate::catalog::key::Key;
use crate::catalog::value::Url;
use crate::ir::Redirect;

/// Redirects instead of answers.
#[derive(Debug, Default)]
pub(in crate::lower) struct Redirects {
    /// Where to, and how.
    pub(in crate::lower) to: Option<Redirect>,
    /// Redirect the `www.` twin of the host to it.
    pub(in crate::lower) from_twin: bool,
    /// Redirects of the proxy name no host.
    pub(in crate::lower) relative: bool,
}

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Redirects, Stop> {
    let from_twin = reader.or(&keys::FROM_TWIN, false)?;
    let relative = reader.or(&keys::RELATIVE, false)?;
    if let Some(url) = reader.get(&keys::TEMPORARY)? {
        let code = code(reader, &keys::TEMPORARY_CODE, 307, 302)?;
        if let Err(reason) = check_scheme(&url) {
            return Err(reader.lose(&keys::TEMPORARY, &reason));
        }
        return Ok(Redirects { to: Some(Redirect { url, code }), from_twin, relative });
    }
    // Quirk: unlike those for now, redirects for good may go to anything that looks like a part of a URL.
    let url = reader.get(&keys::PERMANENT)?.unwrap_or_default();
    let code = code(reader, &keys::PERMANENT_CODE, 308, 301)?;
    let to = (!url.is_empty()).then_some(Redirect { url, code });
    Ok(Redirects { to, from_twin, relative })
}

/// Whether the redirects of nginx name the port. Nothing that spoils the other redirects spoils this.
pub(in crate::lower) fn read_port(reader: &mut Reader) -> Result<bool, Stop> {
    reader.or(&keys::PORT, reader.world.settings.route_defaults.use_port_in_redirects)
}

/// The status from 300 to `last`, or the default.
fn code(reader: &mut Reader, key: &'static Key<i64>, last: i64, default: i64) -> Result<i64, Stop> {
    let Some(code) = reader.get(key)? else { return Ok(default) };
    if (300..=last).contains(&code) {
        return Ok(code);
    }
    reader.ignore(key, &format!("it must be from 300 to {last}, so that {default} applies"));
    Ok(default)
}

/// Whether a URL has a scheme for a redirect. Quirk: `httpx` would do as well.
fn check_scheme(url: &str) -> Result<(), String> {
    match Url::parse(url) {
        Ok(url) if url.scheme.starts_with("http") => Ok(()),
        Ok(_) => Err(String::from("it must start with `http://` or `https://`")),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_need_a_scheme() {
        for (url, is_good) in [
            ("https://new.example.com/x?y=1", true),
            ("HTTP://new.example.com", true),
            ("https:", true),
            ("httpx://a", true),
            ("ftp://a", false),
            ("/x", false),
            ("a.example.com", false),
            ("http://a:b", false),
            ("", false),
        ] {
            assert_eq!(check_scheme(url).is_ok(), is_good, "{url}");
        }
    }
}
