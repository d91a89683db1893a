//! Headers of the response, from a ConfigMap.

use hashbrown::HashSet;

use super::objects;
use super::reader::{Reader, Stop, shown};
use crate::catalog::features::response_headers as keys;
use crate::catalog::value::patterns;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Vec<(String, String)>, Stop> {
    let reference = reader.get(&keys::HEADERS)?.unwrap_or_default();
    if reference.is_empty() {
        return Ok(Vec::new());
    }
    let Some(config_map) = reader.world.config_map(&reference) else {
        return Err(match reference.contains('/') {
            true => reader.deny_absent(&keys::HEADERS, "ConfigMap", &reference),
            false => objects::malformed(reader, &keys::HEADERS),
        });
    };
    let allowed: HashSet<&String> = reader.world.settings.headers.allowed_custom.iter().collect();
    let mut headers = Vec::new();
    for (name, value) in config_map.value.data.iter().flatten() {
        let reason = if !patterns::HEADER_NAME.is_match(name) {
            format!("`{}` in the ConfigMap `{reference}` is not the name of a header", shown(name))
        } else if !patterns::HEADER_VALUE.is_match(value) {
            format!("the header `{name}` in the ConfigMap `{reference}` has a value that is empty or has characters that are not allowed")
        } else if !allowed.contains(name) {
            format!("the settings do not allow the header `{name}` (`global-allowed-response-headers`)")
        } else {
            headers.push((name.clone(), value.clone()));
            continue;
        };
        return Err(reader.deny(&keys::HEADERS, reason));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::features::fixture::Fixture;

    #[test]
    fn one_bad_header_denies_the_paths() {
        for (reference, header, is_denied) in [
            ("shop/headers", ("X-Shop", "yes"), false),
            ("headers", ("X-Shop", "yes"), true),
            ("shop/other", ("X-Shop", "yes"), true),
            ("shop/headers", ("x-shop", "yes"), true),
            ("shop/headers", ("X Shop", "yes"), true),
            ("shop/headers", ("X-Shop", ""), true),
            ("shop/headers", ("X-Shop", "a\nb"), true),
            ("shop;headers", ("X-Shop", "yes"), false),
        ] {
            let mut fixture = Fixture::new(&[("custom-headers", reference)]).config_map("headers", &[header]);
            fixture.settings.headers.allowed_custom = vec!["X-Shop".into(), "X Shop".into()];
            let (headers, verdict) = fixture.read(|reader| reader.section(read));
            assert_eq!((verdict.denied.is_some(), headers.is_none()), (is_denied, is_denied), "{reference} {header:?}");
        }
    }
}
