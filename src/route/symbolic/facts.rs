//! What holds in a location beyond the way of a request, directive by directive: timeouts, sizes, buffers, headers of answers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hashbrown::HashMap;

use super::side::{Side, text};
use crate::conf::Directive;
use crate::source::Span;

/// A directive that both sides have otherwise in a location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What holds on the first side; nothing where the directive is nowhere.
    pub base: String,
    /// On the second.
    pub head: String,
}

/// What a configuration written in other words has as well, where both mean the same by it.
const SHARED: &[&str] = &[
    "client_body_buffer_size",
    "proxy_buffer_size",
    "proxy_buffering",
    "proxy_buffers",
    "proxy_busy_buffers_size",
    "proxy_connect_timeout",
    "proxy_http_version",
    "proxy_max_temp_file_size",
    "proxy_next_upstream",
    "proxy_next_upstream_timeout",
    "proxy_next_upstream_tries",
    "proxy_read_timeout",
    "proxy_request_buffering",
    "proxy_send_timeout",
];

/// What is compared as the way of requests, and what is no part of any answer.
const ELSEWHERE: &[&str] = &[
    "access_by_lua_file",
    "access_log",
    "allow",
    "auth_basic",
    "auth_basic_user_file",
    "auth_digest",
    "auth_digest_user_file",
    "auth_request",
    "auth_request_set",
    "break",
    "client_max_body_size",
    "content_by_lua_block",
    "content_by_lua_file",
    "deny",
    "error_log",
    "error_page",
    "fastcgi_param",
    "fastcgi_pass",
    "geo",
    "grpc_pass",
    "grpc_set_header",
    "if",
    "include",
    "internal",
    "limit_conn",
    "limit_conn_status",
    "limit_conn_zone",
    "limit_req",
    "limit_req_status",
    "limit_req_zone",
    "listen",
    "location",
    "log_by_lua_block",
    "log_by_lua_file",
    "log_format",
    "map",
    "mirror",
    "proxy_intercept_errors",
    "proxy_method",
    "proxy_pass",
    "proxy_set_header",
    "return",
    "rewrite",
    "rewrite_by_lua_block",
    "rewrite_by_lua_file",
    "rewrite_log",
    "satisfy",
    "server",
    "server_name",
    "set",
    "set_escape_uri",
    "split_clients",
    "types",
    "upstream",
];

/// The directives of one block by their names.
type Level = Rc<BTreeMap<String, String>>;

/// What holds on both sides, read once for each block.
#[derive(Debug, Default)]
pub(in crate::route) struct Facts {
    levels: RefCell<HashMap<(usize, Option<Span>), Level>>,
}

/// The directives of a block that count, by their names; those in an `if` with its condition.
fn lines(side: &Side<'_, '_>, directives: &[Directive<'_>], within: &str, level: &mut BTreeMap<String, String>) {
    for directive in directives {
        let name = directive.name();
        if name == "if" {
            let inside: Vec<Directive<'_>> = directive.directives().collect();
            lines(side, &inside, &format!("{within}{} ", directive.head()), level);
            continue;
        }
        if ELSEWHERE.contains(&&*name) || !side.is_same_words && !SHARED.contains(&&*name) {
            continue;
        }
        let whole = text(*directive).replace(['\u{1}', '\u{2}'], " ");
        let written = whole.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        let held = level.entry(format!("{within}{name}")).or_default();
        if !held.is_empty() {
            held.push_str("; ");
        }
        held.push_str(&written);
    }
}

impl Facts {
    fn of_block(&self, side: &Side<'_, '_>, key: Option<Span>, directives: &[Directive<'_>]) -> Level {
        let key = (side.number, key);
        if let Some(known) = self.levels.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut level = BTreeMap::new();
        lines(side, directives, "", &mut level);
        let level = Rc::new(level);
        self.levels.borrow_mut().insert(key, Rc::clone(&level));
        level
    }

    /// What holds in a location, or outside of all.
    fn of(&self, side: &Side<'_, '_>, server: usize, at: Option<Span>) -> BTreeMap<String, String> {
        let around = self.of_block(side, None, side.around());
        let blocks = at.map_or_else(|| vec![side.config.blocks[server]], |at| side.blocks(server, at));
        let mut held: BTreeMap<String, String> = (*around).clone();
        for block in blocks {
            let level = self.of_block(side, Some(block.head_span()), &side.config.lines.of(block));
            held.extend(level.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        held
    }

    /// What both sides have otherwise.
    pub(in crate::route) fn unlike(&self, sides: [&Side<'_, '_>; 2], servers: [usize; 2], at: [Option<Span>; 2]) -> Vec<Fact> {
        let [base, head] = [0, 1].map(|side| self.of(sides[side], servers[side], at[side]));
        let names = base.keys().chain(head.keys().filter(|name| !base.contains_key(*name)));
        let value = |held: &BTreeMap<String, String>, name: &String| held.get(name).cloned().unwrap_or_default();
        let all = names.map(|name| Fact { name: name.clone(), base: value(&base, name), head: value(&head, name) });
        let is_told = |fact: &Fact| fact.base != fact.head && (sides[0].is_same_words || !fact.base.is_empty() && !fact.head.is_empty());
        let mut unlike: Vec<Fact> = all.filter(is_told).collect();
        unlike.sort();
        unlike
    }
}
