//! Changes of the path, and redirects to HTTPS.

use super::reader::{Reader, Stop};
use crate::catalog::features::rewrite as keys;
use crate::catalog::value::Url;
use crate::lower::asks::Rewrite;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Rewrite, Stop> {
    let defaults = &reader.world.settings.route_defaults;
    Ok(Rewrite {
        target: reader.get(&keys::TARGET)?.unwrap_or_default(),
        to_https: reader.or(&keys::TO_HTTPS, defaults.ssl_redirect)?,
        keep_trailing_slash: reader.or(&keys::KEEP_TRAILING_SLASH, defaults.preserve_trailing_slash)?,
        force_https: reader.or(&keys::FORCE_HTTPS, defaults.force_ssl_redirect)?,
        by_pattern: reader.or(&keys::BY_PATTERN, false)?,
        app_root: app_root(reader)?,
    })
}

/// Where requests for `/` go; empty where it is no path. Quirk: the setting of the same name is no default for it.
fn app_root(reader: &mut Reader) -> Result<String, Stop> {
    let Some(root) = reader.get(&keys::APP_ROOT)? else { return Ok(String::new()) };
    match check_path(&root) {
        Ok(()) => Ok(root),
        Err(reason) => {
            reader.ignore(&keys::APP_ROOT, &reason);
            Ok(String::new())
        }
    }
}

fn check_path(path: &str) -> Result<(), String> {
    match Url::parse_request(path) {
        Ok(url) if url.scheme.is_empty() => Ok(()),
        Ok(_) => Err(String::from("it must be a path, not a URL")),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn application_roots_are_paths() {
        for (root, is_good) in [
            ("/app", true),
            ("/app/$1", true),
            ("//a.example/x", true),
            ("*", true),
            ("app", false),
            ("https://a.example/app", false),
            ("a:b", false),
            ("", false),
        ] {
            assert_eq!(check_path(root).is_ok(), is_good, "{root}");
        }
    }
}
