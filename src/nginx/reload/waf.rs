//! Rules of ModSecurity that are loaded twice: each has an identity, and two of one identity are refused.

use hashbrown::HashSet;

use crate::conf::Directive;

/// The files of rules, and the identities of rules, that are loaded where a directive stands.
#[derive(Debug, Default, Clone)]
pub(super) struct Rules {
    known: HashSet<String>,
}

impl Rules {
    /// Adds what the directives of a block load. The first that loads what is there already, and why it is refused.
    pub(super) fn take<'t>(&mut self, directives: &[Directive<'t>]) -> Vec<(Directive<'t>, String)> {
        let mut refused = Vec::new();
        for directive in directives {
            let name = directive.name();
            if !matches!(name.as_ref(), "modsecurity_rules_file" | "modsecurity_rules") {
                continue;
            }
            let Some(text) = directive.args().next().map(|arg| arg.value().into_owned()) else { continue };
            let loaded = if name == "modsecurity_rules_file" { vec![text] } else { named(&text) };
            let twice = loaded.into_iter().find(|loaded| !self.known.insert(loaded.clone()));
            refused.extend(twice.map(|loaded| {
                let what = if loaded.starts_with('/') { format!("the rules of `{loaded}`") } else { format!("the rule {loaded}") };
                (*directive, format!("ModSecurity loads {what} twice"))
            }));
        }
        refused
    }
}

/// The files that a text of rules includes, and the identities of its own rules.
fn named(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        if first.eq_ignore_ascii_case("include") {
            found.extend(words.next().map(|file| file.trim_matches('"').to_owned()));
        } else if first.eq_ignore_ascii_case("secrule") || first.eq_ignore_ascii_case("secaction") {
            let id = line.split([',', '"', '\'']).filter_map(|action| action.trim().strip_prefix("id:")).next();
            found.extend(id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Build, refusals};

    #[test]
    fn rules_are_loaded_once() {
        const CRS: &str = "/etc/nginx/owasp-modsecurity-crs/nginx-modsecurity.conf";
        for (http, location, is_refused) in [
            (String::new(), format!("modsecurity_rules 'SecRuleEngine On\nInclude {CRS}';"), false),
            (String::new(), format!("modsecurity_rules 'Include {CRS}'; modsecurity_rules_file {CRS};"), true),
            (format!("modsecurity_rules_file {CRS};"), format!("modsecurity_rules_file {CRS};"), true),
            (format!("modsecurity_rules_file {CRS};"), String::from("modsecurity off;"), false),
            (String::new(), String::from("modsecurity_rules 'SecRule A \"@rx b\" \"id:1,deny\"\nSecAction \"id:1,pass\"';"), true),
            (String::from("modsecurity_rules 'SecAction \"id:1\"';"), String::from("modsecurity_rules 'SecAction \"id:2\"';"), false),
        ] {
            let text = format!(
                "load_module ngx_http_modsecurity_module.so; events {{ }} http {{ {http} server {{ location / {{ {location} }} location /b {{ {location} }} }} }}"
            );
            let found = refusals(&text, Build::Controller((1, 15, 1)));
            assert_eq!(!found.is_empty(), is_refused, "{http} {location}: {found:?}");
        }
    }
}
