//! Requests of scripts from other origins.

use super::fallbacks;
use super::reader::{Reader, Stop, shown};
use crate::catalog::features::cors as keys;
use crate::catalog::key::Key;
use crate::catalog::releases::{NULL_ORIGIN, ORIGIN_SCHEMES};
use crate::catalog::value::{Pattern, patterns};
use crate::catalog::version::Version;
use crate::ir::Cors;

const DEFAULT_METHODS: &str = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
const DEFAULT_HEADERS: &str = "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization";
/// Twenty days.
const DEFAULT_MAX_AGE: i64 = 1_728_000;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Option<Cors>, Stop> {
    if !reader.or(&keys::ENABLED, false)? {
        return Ok(None);
    }
    let (origins, refused) = origins(&reader.or(&keys::ORIGINS, String::from("*"))?, one_origin(reader.world.controller.version));
    for origin in &refused {
        let reason = format!("an origin is written like `https://app.example.com`, so that `{}` is left out", shown(origin));
        reader.ignore(&keys::ORIGINS, &reason);
    }
    let mut cors = Cors {
        origins,
        methods: list(reader, &keys::METHODS, &patterns::METHODS, DEFAULT_METHODS)?,
        headers: list(reader, &keys::HEADERS, &patterns::HEADERS, DEFAULT_HEADERS)?,
        credentials: true,
        expose_headers: list(reader, &keys::EXPOSE_HEADERS, &patterns::EXPOSED_HEADERS, "")?,
        max_age: DEFAULT_MAX_AGE,
    };
    keys::fill(reader, &mut cors)?;
    Ok(Some(cors))
}

/// What one origin is to a release of the controller.
fn one_origin(version: Version) -> &'static Pattern {
    if !ORIGIN_SCHEMES.holds(version) {
        &patterns::HTTP_ORIGIN
    } else if !NULL_ORIGIN.holds(version) {
        &patterns::ORIGIN_WITHOUT_NULL
    } else {
        &patterns::ORIGIN
    }
}

/// The origins of a list, and those that the controller leaves out. One `*` stands for all of them.
fn origins(list: &str, pattern: &Pattern) -> (Vec<String>, Vec<String>) {
    let items = || list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    let before_any = items().take_while(|origin| *origin != "*");
    let (good, bad): (Vec<_>, Vec<_>) = before_any.map(str::to_owned).partition(|origin| pattern.is_match(origin));
    if items().any(|origin| origin == "*") { (vec![String::from("*")], bad) } else { (good, bad) }
}

/// A list as it was written, or the default. Quirk: the check removes all spaces, but then only one is allowed between two items.
fn list(reader: &mut Reader, key: &'static Key<String>, pattern: &Pattern, default: &str) -> Result<String, Stop> {
    let Some(list) = reader.get(key)? else { return Ok(default.to_owned()) };
    if pattern.is_match(&list) {
        return Ok(list);
    }
    fallbacks::replace(reader, key, "only one space may follow a comma, and none may stand elsewhere");
    Ok(default.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::releases::LATEST;

    #[test]
    fn origins_need_a_scheme() {
        for (list, good, bad) in [
            ("https://a.example, http://b:8080", "https://a.example http://b:8080", ""),
            ("https://*.a.example,null", "https://*.a.example null", ""),
            ("a.example,https://b.example", "https://b.example", "a.example"),
            ("a.example,*,b.example", "*", "a.example"),
            ("*", "*", ""),
            (",,", "", ""),
            ("", "", ""),
            ("a.example", "", "a.example"),
        ] {
            let (found, refused) = origins(list, one_origin(LATEST));
            assert_eq!((found.join(" "), refused.join(" ")), (good.to_owned(), bad.to_owned()), "{list}");
        }
    }
}
