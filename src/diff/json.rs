//! Two JSON documents against each other, as `backends.json`: what the controller hands to its Lua side.
//!
//! Nothing, null, an empty text, list or object and what holds only such are the same, as the Lua side takes them. Lists whose
//! items have a name, and lists of endpoints, may stand in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::redact;
use super::report::{Change, Kind, Place, Report, Side};
use crate::credentials::{self, HIDDEN};

/// What a Service in the live document holds of Kubernetes' own records; the Lua side never reads it.
const BOOKKEEPING: [&str; 2] = ["metadata", "status"];

/// Compares two documents. The path of a change ends with the key of the value.
#[must_use]
pub fn compare(declared: &Value, live: &Value) -> Report {
    let mut walk = Walk { cluster_fills: false, cluster_knows_endpoints: false, changes: Vec::new(), path: Vec::new() };
    walk.values(declared, live);
    Report { changes: walk.changes, judged: Vec::new() }
}

/// Compares what manifests declare with what a cluster has made of them: what the API server fills in where a Service leaves it
/// out is no difference, nor are endpoints where no manifest holds any.
#[must_use]
pub fn compare_live(declared: &Value, live: &Value, declares_endpoints: bool) -> Report {
    let mut walk = Walk { cluster_fills: true, cluster_knows_endpoints: !declares_endpoints, changes: Vec::new(), path: Vec::new() };
    walk.values(declared, live);
    Report { changes: walk.changes, judged: Vec::new() }
}

/// More items of one name than this are paired by their order: looking for equal ones takes a step for each pair.
const MOST_TWINS: usize = 16;

/// What the API server fills in where a Service says nothing, whatever the value.
const FILLED: [&str; 8] = [
    "allocateLoadBalancerNodePorts",
    "clusterIPs",
    "externalTrafficPolicy",
    "healthCheckNodePort",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "nodePort",
];

/// Whether a value of a live Service is what the API server makes of nothing.
fn is_filled(key: &str, live: &serde_json::Map<String, Value>) -> bool {
    let is = |text: &str| live.get(key).is_some_and(|value| value == text);
    match key {
        "clusterIP" => !is("None"),
        "protocol" => is("TCP"),
        "sessionAffinity" => is("None"),
        "targetPort" => live.get(key) == live.get("port"),
        "type" => is("ClusterIP"),
        _ => FILLED.contains(&key),
    }
}

struct Walk {
    /// The live document comes from a cluster, the other one from manifests that nobody has applied.
    cluster_fills: bool,
    /// Only the cluster knows of endpoints.
    cluster_knows_endpoints: bool,
    changes: Vec<Change>,
    path: Vec<Arc<str>>,
}

impl Walk {
    /// Compares two values. The JSON reader's limit of nesting bounds the recursion.
    fn values(&mut self, declared: &Value, live: &Value) {
        if self.cluster_knows_endpoints && self.path.last().is_some_and(|key| &**key == "endpoints") && is_empty(declared) {
            return;
        }
        match (declared, live) {
            (Value::Object(declared), Value::Object(live)) => {
                let is_service = self.path.last().is_some_and(|word| &**word == "service");
                let counts = |key: &str| !(is_service && BOOKKEEPING.contains(&key));
                for (key, value) in declared.iter().filter(|(key, _)| counts(key)) {
                    self.within(key, |walk| walk.values(value, live.get(key).unwrap_or(&Value::Null)));
                }
                let in_service = self.cluster_fills && self.path.iter().any(|word| &**word == "service");
                let is_news = |key: &str| counts(key) && !declared.contains_key(key) && !(in_service && is_filled(key, live));
                for (key, value) in live.iter().filter(|(key, _)| is_news(key)) {
                    self.within(key, |walk| walk.values(&Value::Null, value));
                }
            }
            (Value::Array(declared), Value::Array(live)) => self.lists(declared, live),
            _ if declared == live => {}
            _ => match (is_empty(declared), is_empty(live)) {
                (true, true) => {}
                (false, true) => self.add(Kind::Added, None, Some(declared)),
                (true, false) => self.add(Kind::Removed, Some(live), None),
                (false, false) => self.add(Kind::Changed, Some(live), Some(declared)),
            },
        }
    }

    fn lists(&mut self, declared: &[Value], live: &[Value]) {
        let is_named = declared.iter().chain(live).all(|item| name(item).is_some());
        let mut groups: BTreeMap<String, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
        for (key, value) in keyed(declared, is_named) {
            groups.entry(key).or_default().0.push(value);
        }
        for (key, value) in keyed(live, is_named) {
            groups.entry(key).or_default().1.push(value);
        }
        let order = keyed(declared, is_named).map(|(key, _)| key).chain(keyed(live, is_named).map(|(key, _)| key));
        for key in order {
            let Some((mut declared, mut live)) = groups.remove(&key) else { continue };
            self.drop_equal(&mut declared, &mut live);
            for at in 0..declared.len().max(live.len()) {
                let (declared, live) = (declared.get(at).copied(), live.get(at).copied());
                self.within(&key, |walk| walk.values(declared.unwrap_or(&Value::Null), live.unwrap_or(&Value::Null)));
            }
        }
    }

    /// Several items can have one name, and stand in any order: those that are equal are no difference.
    fn drop_equal(&self, declared: &mut Vec<&Value>, live: &mut Vec<&Value>) {
        if declared.len().max(live.len()) < 2 || declared.len().max(live.len()) > MOST_TWINS {
            return;
        }
        declared.retain(|value| {
            let equal = live.iter().position(|other| {
                let mut walk = Walk { changes: Vec::new(), path: self.path.clone(), ..*self };
                walk.values(value, other);
                walk.changes.is_empty()
            });
            equal.map(|at| live.remove(at)).is_none()
        });
    }

    fn within(&mut self, word: &str, compare: impl FnOnce(&mut Self)) {
        self.path.push(word.into());
        compare(self);
        self.path.pop();
    }

    fn add(&mut self, kind: Kind, before: Option<&Value>, after: Option<&Value>) {
        let is_secret = self.path.last().is_some_and(|key| credentials::is_name(key));
        let text = |value: &Value| match value {
            Value::String(_) if is_secret => format!("\"{HIDDEN}\""),
            _ => credentials::hide(&value.to_string()).into_owned(),
        };
        let side = |value: &Value| Side { text: text(value), span: None, inside: None };
        let (mut shown_before, mut shown_after) = (before.map(&side), after.map(&side));
        if let (Some(before), Some(after)) = (before, after) {
            redact::tell_apart((&mut shown_before, &before.to_string()), (&mut shown_after, &after.to_string()));
        }
        let name = self.path.last().cloned().unwrap_or_else(|| Arc::from(""));
        let (path, place) = (self.path.clone(), Place::default());
        self.changes.push(Change { path, place, name, kind, before: shown_before, after: shown_after });
    }
}

/// The items with their keys: the name, or the index where they have none.
fn keyed(items: &[Value], is_named: bool) -> impl Iterator<Item = (String, &Value)> {
    items.iter().enumerate().map(move |(at, item)| (name(item).filter(|_| is_named).unwrap_or_else(|| at.to_string()), item))
}

/// What names an item of a list: its name, or the address and port of an endpoint.
fn name(item: &Value) -> Option<String> {
    let text = |key| item.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let endpoint = || text("address").map(|address| format!("{address}:{}", text("port").unwrap_or_default()));
    text("name").map(str::to_owned).or_else(endpoint)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    fn changes(live: &Value, declared: &Value) -> Vec<String> {
        let line = |change: &Change| {
            let text = |side: &Option<Side>| side.as_ref().map_or("-", |side| side.text.as_str()).to_owned();
            format!("{} {}: {} {}", change.kind.name(), change.path.join("/"), text(&change.before), text(&change.after))
        };
        compare(declared, live).changes.iter().map(line).collect()
    }

    #[test]
    fn what_lua_takes_as_the_same_is_equal() {
        for (live, declared) in [
            (json!(null), json!({})),
            (json!({"a": null, "b": "", "c": [], "d": {"e": {}}}), json!({})),
            (json!({"service": {"metadata": {"uid": "1"}, "status": {"x": 1}}}), json!({"service": {"spec": {}}})),
            (json!([{"name": "a", "x": 1}, {"name": "b"}]), json!([{"name": "b"}, {"name": "a", "x": 1}])),
            (json!([{"name": "a", "x": 1}, {"name": "a", "x": 2}]), json!([{"name": "a", "x": 2}, {"name": "a", "x": 1}])),
            (
                json!([{"address": "::1", "port": "1"}, {"address": "::1", "port": "2"}]),
                json!([{"address": "::1", "port": "2"}, {"address": "::1", "port": "1"}]),
            ),
        ] {
            assert_eq!(changes(&live, &declared), Vec::<String>::new(), "{live} / {declared}");
        }
    }

    #[test]
    fn what_a_cluster_fills_in_is_no_difference() {
        let declared = json!([{"name": "a", "service": {"spec": {"ports": [{"port": 80}]}}}]);
        let live = json!([{"name": "a", "endpoints": [{"address": "10.0.0.1", "port": "80"}], "service": {"spec": {
            "type": "ClusterIP", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"], "sessionAffinity": "None",
            "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80, "nodePort": 30000}],
        }}}]);
        assert!(compare_live(&declared, &live, false).is_empty());
        assert_eq!(compare_live(&declared, &live, true).changes.len(), 1);
        for (key, value) in [("type", json!("ExternalName")), ("clusterIP", json!("None")), ("externalName", json!("a.example"))] {
            let mut other = live.clone();
            other[0]["service"]["spec"][key] = value;
            assert_eq!(compare_live(&declared, &other, false).changes.len(), 1, "{key}");
        }
    }

    #[test]
    fn differences_are_told_by_name() {
        for (live, declared, expected) in [
            (json!([{"name": "a", "x": 1}]), json!([{"name": "a", "x": 2}]), "changed a/x: 1 2"),
            (json!([{"name": "a"}]), json!([{"name": "a"}, {"name": "b"}]), "added b: - {\"name\":\"b\"}"),
            (json!([{"name": "a"}, {"name": "a"}]), json!([{"name": "a"}]), "removed a: {\"name\":\"a\"} -"),
            (json!({"x": 0}), json!({}), "removed x: 0 -"),
            (json!({"x": false}), json!({"x": null}), "removed x: false -"),
            (json!({"x": [1, 2]}), json!({"x": [2, 1]}), "changed x/0: 1 2"),
            (json!({"x": "1"}), json!({"x": 1}), "changed x: \"1\" 1"),
        ] {
            assert_eq!(changes(&live, &declared).first().map(String::as_str), Some(expected), "{live} / {declared}");
        }
    }
}
