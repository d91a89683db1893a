//! What a text is that was given for something else.

use serde_json::{Map, Value};

use crate::compile::Lua;

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistaken {
    /// What the controller tells Lua.
    Lua(Lua),
    /// Objects of Kubernetes.
    Manifest,
    /// JSON that is nothing of the kind.
    Json,
}

impl Mistaken {
    /// What a text looks like that is no configuration of nginx; none where nothing speaks for anything.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with(['{', '[']) {
            let value: Value = serde_json::from_str(text).ok()?;
            return Some(Self::of_json(&value));
        }
        let has = |key: &str| text.lines().any(|line| line.starts_with(key));
        (has("apiVersion:") && has("kind:")).then_some(Self::Manifest)
    }

    /// What JSON looks like.
    #[must_use]
    pub fn of_json(value: &Value) -> Self {
        if value.as_object().is_some_and(|object| object.contains_key("apiVersion") && object.contains_key("kind")) {
            return Self::Manifest;
        }
        let all = [Lua::Backends, Lua::Certificates, Lua::Settings];
        let is_some = |what: &Lua| tells(*what, value) && !is_empty(value);
        all.into_iter().find(is_some).map_or(Self::Json, Self::Lua)
    }
}

/// Whether JSON has the shape of a file for Lua.
#[must_use]
pub fn tells(what: Lua, value: &Value) -> bool {
    let is_named = |value: &Value| value.get("name").is_some_and(Value::is_string);
    match what {
        Lua::Backends | Lua::Streams => value.as_array().is_some_and(|all| all.iter().all(is_named)),
        Lua::Certificates => value.as_object().is_some_and(is_of_hosts),
        Lua::Settings => value
            .as_object()
            .is_some_and(|settings| !settings.contains_key("apiVersion") && (settings.is_empty() || !is_of_hosts(settings))),
    }
}

fn is_of_hosts(hosts: &Map<String, Value>) -> bool {
    !hosts.contains_key("apiVersion") && hosts.values().all(|secret| secret.is_string() || secret.is_null())
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_from_one_another() {
        for (text, expected) in [
            (r#"[{"name": "shop-web-80", "port": 80}]"#, Some(Mistaken::Lua(Lua::Backends))),
            (r#"{"listen_ports": {"https": "443"}, "hsts": true}"#, Some(Mistaken::Lua(Lua::Settings))),
            (r#"{"_": "default", "a.example": "shop/tls"}"#, Some(Mistaken::Lua(Lua::Certificates))),
            (r#"{"apiVersion": "v1", "kind": "Service"}"#, Some(Mistaken::Manifest)),
            ("# a comment\napiVersion: v1\nkind: Service\n", Some(Mistaken::Manifest)),
            ("[]", Some(Mistaken::Json)),
            ("{}", Some(Mistaken::Json)),
            ("[1]", Some(Mistaken::Json)),
            ("{ not JSON", None),
            ("http {", None),
            ("", None),
        ] {
            assert_eq!(Mistaken::of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_file_for_lua_has_its_shape() {
        let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        for (what, good, bad) in [
            (Lua::Backends, "[]", r#"{"_": "default"}"#),
            (Lua::Backends, r#"[{"name": "a"}]"#, "null"),
            (Lua::Streams, "[]", "{}"),
            (Lua::Certificates, r#"{"_": "default"}"#, r#"[{"name": "a"}]"#),
            (Lua::Settings, r#"{"hsts": true}"#, r#"{"_": "default"}"#),
            (Lua::Settings, "{}", r#"{"apiVersion": "v1", "data": {}}"#),
        ] {
            assert!(tells(what, &json(good)) && !tells(what, &json(bad)), "{what:?} {good} {bad}");
        }
    }
}
