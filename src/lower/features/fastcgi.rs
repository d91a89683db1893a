//! FastCGI parameters.

use super::objects;
use super::reader::{Reader, Stop, shown};
use crate::catalog::features::fastcgi as keys;
use crate::catalog::releases::FASTCGI_PATHS;
use crate::catalog::value::patterns;
use crate::ir::FastCgi;
use crate::lower::world::key_of;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<FastCgi, Stop> {
    let index = reader.get(&keys::INDEX)?.unwrap_or_default();
    let Some(reference) = reader.get(&keys::PARAMS)? else { return Ok(FastCgi { index, params: Vec::new() }) };
    let Some((namespace, name)) = objects::split(&reference) else {
        return Err(reader.deny(&keys::PARAMS, "it must be written as `namespace/name`"));
    };
    let is_foreign = !namespace.is_empty() && namespace != reader.namespace();
    if is_foreign && !reader.world.settings.policy.allow_cross_namespace {
        return Err(reader.lose_foreign(&keys::PARAMS));
    }
    // Quirk: the ConfigMap is looked for in the namespace of the Ingress, whatever is written.
    let full_name = key_of(reader.namespace(), name);
    let Some(config_map) = reader.world.config_map(&full_name) else {
        return Err(reader.deny_absent(&keys::PARAMS, "ConfigMap", &full_name));
    };
    let values = if reader.world.has(&FASTCGI_PATHS) { &patterns::FASTCGI_VALUE } else { &patterns::VARIABLE };
    let params = config_map.value.data.iter().flatten();
    let is_bad = |name: &str, value: &str| !patterns::FILE_NAME.is_match(name) || !values.is_match(value);
    match params.clone().find(|(name, value)| is_bad(name, value)) {
        None => Ok(FastCgi { index, params: params.map(|(name, value)| (name.clone(), value.clone())).collect() }),
        Some((bad, _)) => {
            let reason =
                format!("`{}` in the ConfigMap `{full_name}` has a name or a value with characters that are not allowed", shown(bad));
            Err(reader.reject(&keys::PARAMS, &reason))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Effect;
    use crate::lower::features::fixture::Fixture;

    fn fixture(reference: &str) -> Fixture {
        let annotations = [("fastcgi-index", "index.php"), ("fastcgi-params-configmap", reference)];
        let params = [("SCRIPT_FILENAME", "/srv/$fastcgi_script_name"), ("EMPTY", "")];
        Fixture::new(&annotations).config_map("params", &params).config_map("bad", &[("A", "b;c")])
    }

    #[test]
    fn parameters_come_from_the_namespace_of_the_ingress() {
        for (reference, cross_namespace) in [("params", false), ("shop/params", false), ("/params", false), ("other/params", true)] {
            let mut fixture = fixture(reference);
            fixture.settings.policy.allow_cross_namespace = cross_namespace;
            let fastcgi = fixture.read(|reader| reader.section(read)).0.unwrap_or_default();
            let names: Vec<&str> = fastcgi.params.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!((fastcgi.index.as_str(), names), ("index.php", vec!["EMPTY", "SCRIPT_FILENAME"]), "{reference}");
        }
    }

    #[test]
    fn bad_references_end_differently() {
        for (reference, effect, is_denied) in [
            ("other/params", Some(Effect::AnnotationIgnored), false),
            ("missing", Some(Effect::LocationDenied), true),
            ("a/b/c", Some(Effect::LocationDenied), true),
            ("bad", Some(Effect::IngressDropped), false),
            ("pa;rams", Some(Effect::IngressDropped), false),
        ] {
            let (fastcgi, verdict) = fixture(reference).read(|reader| reader.section(read));
            assert_eq!((fastcgi, verdict.findings[0].effect), (None, effect), "{reference}");
            assert_eq!(verdict.is_rejected, effect == Some(Effect::IngressDropped), "{reference}");
            assert_eq!(verdict.denied.is_some(), is_denied, "{reference}");
        }
    }
}
