//! Lists of users. Hashes of passwords are secrets: they stand in a file of their own, which is read before the configuration.

use std::collections::BTreeMap;

use super::super::OutputFile;
use super::super::scope::Scope;
use super::formats::{MapFile, SectionName};
use super::lines::{Lines, Rule};
use super::passwords::{self, SIGN};
use super::shared::Shared;
use crate::ir::{PasswordAuth, SecretUse};

/// Name of the file; HAProxy reads the files of a folder in the order of their names.
pub(super) const FILE: &str = "auth.cfg";

fn lists<'a>(shared: &Shared<'a>) -> BTreeMap<SectionName, &'a PasswordAuth> {
    let routes = shared.proxy.servers.iter().flat_map(|server| &server.routes);
    let auths = routes.filter_map(|route| route.steps.admission.password()).filter(|auth| auth.extra().is_none());
    auths.map(|auth| (passwords::list(auth), auth)).collect()
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
            files.push(MapFile::default().private(passwords::hashes(auth)));
            continue;
        };
        is_any = true;
        let table = users(text.expose(), &auth.secret, shared.options.lua, scope, &mut lines);
        files.push(table.private(passwords::hashes(auth)));
    }
    if !is_any {
        return Vec::new();
    }
    files.push(OutputFile::private(FILE, lines.finish()));
    files
}

/// Writes the users of a list; those whose hash is a plain SHA-1, or one for the script, go to a table. Lines are read as nginx does: no
/// blank is cut off, `#` and a line break begin a comment, and a password ends at a colon or a line break.
fn users(text: &str, object: &str, has_script: bool, scope: &mut Scope, lines: &mut Lines) -> MapFile {
    let mut table = MapFile::default();
    let mut known = std::collections::BTreeSet::new();
    for line in text.split('\n').filter(|line| !line.starts_with(['#', '\r'])) {
        let Some((user, rest)) = line.split_once(':') else { continue };
        let hash = rest.split([':', '\r']).next().unwrap_or_default();
        // The first line of a user counts.
        if !known.insert(user) {
            continue;
        }
        match Password::of(hash, has_script) {
            Password::Plain(password) if !password.is_empty() && !user.is_empty() => {
                let rule = Rule::new("user").value(user).code("insecure-password").value(password);
                if lines.fit_rule(&rule) {
                    continue;
                }
            }
            Password::Crypt if !user.is_empty() => {
                if lines.fit_rule(&Rule::new("user").value(user).code("password").value(hash)) {
                    continue;
                }
            }
            Password::Table(hash) => {
                if table.put(user, hash).is_ok() {
                    continue;
                }
            }
            Password::Unknown => {
                let more = if hash.starts_with('$') { ", unless `--haproxy-lua` adds a script that can" } else { "" };
                let message = format!("a password in Secret `{object}` has a hash that HAProxy cannot check: nobody gets in by it{more}");
                scope.lost("auth-secret", &message);
                continue;
            }
            Password::Plain(_) | Password::Crypt => {}
        }
        let message = format!("a user or password in Secret `{object}` is none that HAProxy can read: nobody gets in by it");
        scope.lost("auth-secret", &message);
    }
    table
}

/// How a password is told.
enum Password<'h> {
    /// As it is.
    Plain(&'h str),
    /// In a way that the library of the system knows.
    Crypt,
    /// In a way that is compared by rules or by the script.
    Table(&'h str),
    Unknown,
}

impl<'h> Password<'h> {
    fn of(hash: &'h str, has_script: bool) -> Self {
        let is_base64 = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        if let Some(password) = hash.strip_prefix("{PLAIN}") {
            Self::Plain(password)
        } else if let Some(hash) = hash.strip_prefix("{SHA}") {
            // Twenty bytes.
            if hash.len() == 28 && is_base64(hash) { Self::Table(hash) } else { Self::Unknown }
        } else if hash.starts_with("$apr1$") {
            let is_word = hash.bytes().all(|byte| byte.is_ascii_graphic());
            if has_script && is_word { Self::Table(hash) } else { Self::Unknown }
        } else if hash.is_empty() || hash.starts_with('{') {
            Self::Unknown
        } else {
            Self::Crypt
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_nginx_does() {
        let sha = "{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=";
        let table = "fEqNCco3Yq9h5ZUglD3CZJT4lBs=";
        for (text, line, entry) in [
            ("bob:{PLAIN}pw", "user bob insecure-password pw", ""),
            (" bob:{PLAIN}pw", "user ' bob' insecure-password pw", ""),
            ("bob:{PLAIN}pw ", "user bob insecure-password 'pw '", ""),
            ("bob:{PLAIN}{PLAIN}pw", "user bob insecure-password {PLAIN}pw", ""),
            ("bob:{PLAIN}pw:more\r\n", "user bob insecure-password pw", ""),
            ("bob:abJnggxhB/yWI", "user bob password abJnggxhB/yWI", ""),
            (&format!("bob:{sha}"), "", table),
            // What HAProxy cannot read lets nobody in, and no other line with it.
            ("bob:{PLAIN}", "", ""),
            ("bob:{PLAIN}a\u{1}b", "", ""),
            ("b\u{b}b:{PLAIN}x", "", ""),
            ("{:{PLAIN}x", "", ""),
            (":{PLAIN}x", "", ""),
            ("bob:{SHA}short", "", ""),
            (&format!("b b:{sha}"), "", ""),
            ("#bob:{PLAIN}x", "", ""),
            ("\rbob:{PLAIN}x", "", ""),
        ] {
            let mut lines = Lines::default();
            let found = users(&format!("{text}\nbob:{{PLAIN}}second\nlast:{{PLAIN}}x"), "a/pw", false, &mut Scope::default(), &mut lines);
            assert!(lines.take_unfit().is_none(), "{text:?}");
            let text_of_lines = lines.finish();
            let mut all = text_of_lines.lines().map(str::trim).filter(|line| !line.ends_with("second"));
            assert_eq!(all.next().filter(|line| !line.starts_with("user last")).unwrap_or_default(), line, "{text:?}");
            assert!(text_of_lines.ends_with("user last insecure-password x\n"), "{text:?}");
            assert_eq!(found.private(crate::emit::FileName::from("x")).content.trim().trim_start_matches("bob "), entry, "{text:?}");
            assert_eq!(text_of_lines.contains("second"), !text.starts_with("bob:"), "{text:?}");
        }
    }
}
