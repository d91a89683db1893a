//! Lists of users. Hashes of passwords are secrets: they stand in a file of their own, which is read before the configuration.

use std::collections::BTreeMap;

use super::super::scope::Scope;
use super::super::{FileName, OutputFile};
use super::access;
use super::lines::{Lines, Rule};
use super::shared::Shared;
use crate::ir::{PasswordAuth, SecretUse};

/// Name of the file; HAProxy reads the files of a folder in the order of their names.
pub(super) const FILE: &str = "auth.cfg";

/// What the file sets, so that the configuration knows that it was read.
pub(super) const SIGN: &str = "INGRESS_USERS";

fn lists<'a>(shared: &Shared<'a>) -> BTreeMap<String, &'a PasswordAuth> {
    let routes = shared.proxy.servers.iter().flat_map(|server| &server.routes);
    let auths = routes.filter_map(|route| access::password(route, shared)).filter(|auth| auth.scheme == "basic");
    auths.map(|auth| (access::users(auth), auth)).collect()
}

/// The table of the users of a list whose passwords HAProxy does not check by the list.
pub(super) fn hashes(auth: &PasswordAuth) -> FileName {
    FileName::of_object("auth", &auth.secret, if auth.keys_are_users { "_keys.map" } else { ".map" })
}

/// Writes lists without anybody, which hold where the file with the users was not read.
pub(super) fn nobody(shared: &Shared, lines: &mut Lines) {
    let lists = lists(shared);
    if lists.is_empty() {
        return;
    }
    lines.section(&format!("# Users stand in {FILE}, which is to be read first: haproxy -f {FILE} -f haproxy.cfg\n.if !defined({SIGN})"));
    for name in lists.keys() {
        lines.section(&format!("userlist {name}"));
    }
    lines.section(".endif");
}

/// The files with the users; none where nobody asked for secrets.
pub(super) fn files(shared: &Shared, scope: &mut Scope) -> Vec<OutputFile> {
    let mut files = Vec::new();
    let mut lines = Lines::default();
    let lists = lists(shared);
    lines.section("global");
    lines.code(&format!("setenv {SIGN} read"));
    let mut is_any = false;
    for (name, auth) in lists {
        let purpose = if auth.keys_are_users { SecretUse::PasswordMap } else { SecretUse::PasswordFile };
        lines.section(&format!("userlist {name}"));
        let Some(text) = shared.proxy.secrets.get(purpose, &auth.secret) else {
            files.push(OutputFile::private(hashes(auth), String::new()));
            continue;
        };
        is_any = true;
        let table = users(text.expose(), &auth.secret, shared, scope, &mut lines);
        files.push(OutputFile::private(hashes(auth), table));
    }
    if !is_any || lines.take_unfit().is_some() {
        return Vec::new();
    }
    files.push(OutputFile::private(FILE, lines.finish()));
    files
}

/// Writes the users of a list; those whose hash is a plain SHA-1, or one for the script, go to a table.
fn users(text: &str, object: &str, shared: &Shared, scope: &mut Scope, lines: &mut Lines) -> String {
    let mut table = String::new();
    let mut known = std::collections::BTreeSet::new();
    for line in text.lines() {
        let Some((user, hash)) = line.trim().split_once(':').filter(|(user, _)| !user.is_empty() && !user.starts_with('#')) else {
            continue;
        };
        let hash = hash.split(':').next().unwrap_or_default();
        // The first line of a user counts.
        if !known.insert(user.to_owned()) {
            continue;
        }
        if hash.starts_with("{PLAIN}") {
            let password = hash.trim_start_matches("{PLAIN}");
            lines.rule(Rule::new("user").value(user).code("insecure-password").value(password));
        } else if let Some(hash) = hash.strip_prefix("{SHA}").filter(|_| !user.contains(char::is_whitespace)) {
            table.push_str(&format!("{user} {hash}\n"));
        } else if shared.options.lua && hash.starts_with("$apr1$") && !user.contains(char::is_whitespace) {
            table.push_str(&format!("{user} {hash}\n"));
        } else if hash.starts_with("$apr1$") || hash.starts_with('{') {
            let more = if hash.starts_with('$') { ", unless `--haproxy-lua` adds a script that can" } else { "" };
            let message = format!("a password in Secret `{object}` has a hash that HAProxy cannot check: nobody gets in by it{more}");
            scope.lost("auth-secret", &message);
        } else {
            lines.rule(Rule::new("user").value(user).code("password").value(hash));
        }
    }
    table
}
