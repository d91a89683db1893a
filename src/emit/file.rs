//! The files of an output. Their names are made here and nowhere else, so that none leads out of its folder, none is too long, and no
//! two things have one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use sha1_smol::Sha1;

use crate::ir::{CATCH_ALL, SecretUse};

/// Bytes that a file system takes for one part of a name.
const LONGEST: usize = 255;

/// Bytes up to which a name stays as it is; a longer one is replaced by a hash, which leaves room for what stands around it.
const READABLE: usize = 200;

/// The name of a file, below the folder of the output; parts are divided by `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(Cow<'static, str>);

impl FileName {
    /// A number between fixed texts.
    pub(super) fn numbered(before: &'static str, number: usize, end: &'static str) -> Self {
        Self(format!("{before}{number}{end}").into())
    }

    /// A name of our own in a folder of our own.
    pub(super) fn within(folder: &'static str, name: &'static str, end: &'static str) -> Self {
        Self(format!("{folder}/{name}{end}").into())
    }

    /// The file for what an object `namespace/name` holds. An underscore stands in no name of an object: ends that begin with one never
    /// make one name of two.
    pub(super) fn of_object(folder: &'static str, object: &str, end: &'static str) -> Self {
        let readable = object.split_once('/').filter(|(namespace, name)| is_plain(namespace) && is_plain(name));
        let name = readable.map(|(namespace, name)| format!("{namespace}_{name}")).filter(|name| name.len() <= READABLE);
        Self(format!("{folder}/{}{end}", name.unwrap_or_else(|| hashed(object))).into())
    }

    /// The file with a secret. The certificate of no object is that of hosts that have none.
    #[must_use]
    pub fn of_secret(purpose: SecretUse, object: &str) -> Self {
        match purpose {
            SecretUse::Certificate if object.is_empty() => Self::from("tls/default.pem"),
            SecretUse::Certificate => Self::of_object("tls", object, ".pem"),
            SecretUse::Authorities => Self::of_object("tls", object, "_ca.pem"),
            SecretUse::Revocations => Self::of_object("tls", object, "_crl.pem"),
            SecretUse::DhParameters => Self::of_object("tls", object, "_dh.pem"),
            SecretUse::PasswordFile => Self::of_object("auth", object, ".htpasswd"),
            SecretUse::PasswordMap => Self::of_object("auth", object, ".map"),
        }
    }

    /// The file for a host. What is no plain host begins with an underscore, with which no host begins.
    pub(super) fn of_host(host: &str) -> Self {
        let parent = host.strip_prefix("*.").filter(|parent| is_plain(parent) && parent.len() <= READABLE);
        let name = match parent {
            _ if host == CATCH_ALL => String::from("_others"),
            Some(parent) => format!("_wildcard.{parent}"),
            None if is_plain(host) && host.len() <= READABLE => host.to_owned(),
            None => hashed(host),
        };
        Self(format!("hosts/{name}.conf").into())
    }
}

/// Whether a text can be a part of the name of a file as it is: in small letters, because some file systems know no others.
fn is_plain(part: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    part.bytes().all(fits) && part.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
}

fn hashed(text: &str) -> String {
    format!("_{}", Sha1::from(text).digest())
}

impl From<FileName> for Cow<'static, str> {
    fn from(name: FileName) -> Self {
        name.0
    }
}

impl From<&'static str> for FileName {
    fn from(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }
}

impl Deref for FileName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for FileName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<&str> for FileName {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One file of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The name.
    pub name: FileName,
    /// The text.
    pub content: String,
    /// The file holds secrets: nobody but its owner may read it.
    pub is_private: bool,
}

impl OutputFile {
    /// A file that everybody may read.
    #[must_use]
    pub fn new(name: impl Into<FileName>, content: String) -> Self {
        Self { name: name.into(), content, is_private: false }
    }

    /// A file that nobody but its owner may read.
    #[must_use]
    pub fn private(name: impl Into<FileName>, content: String) -> Self {
        Self { name: name.into(), content, is_private: true }
    }
}

/// Why files cannot be written beside one another; none where they can. Whoever writes files asks first.
#[must_use]
pub fn misnamed<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    // Some file systems take small letters and capitals for the same.
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for name in names {
        let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= LONGEST && part.bytes().all(is_safe);
        if !name.split('/').all(is_part) {
            return Some(format!("`{}` is no name of a file of the output", name.escape_debug()));
        }
        if known.insert(name.to_ascii_lowercase(), name).is_some() {
            return Some(format!("two files of the output have the name `{name}`"));
        }
    }
    let folders = |name: &str| name.match_indices('/').map(|(at, _)| name[..at].to_owned()).collect::<Vec<_>>();
    let blocked = known.keys().flat_map(|name| folders(name)).find(|folder| known.contains_key(folder))?;
    Some(format!("`{blocked}` is a file and a folder of the output"))
}

fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS: [SecretUse; 6] = [
        SecretUse::Certificate,
        SecretUse::Authorities,
        SecretUse::Revocations,
        SecretUse::PasswordFile,
        SecretUse::PasswordMap,
        SecretUse::DhParameters,
    ];

    #[test]
    fn short_names_can_be_read() {
        for (purpose, object, expected) in [
            (SecretUse::Certificate, "shop/cert", "tls/shop_cert.pem"),
            (SecretUse::Certificate, "", "tls/default.pem"),
            (SecretUse::Authorities, "a-b/c.d", "tls/a-b_c.d_ca.pem"),
            (SecretUse::PasswordFile, "shop/users", "auth/shop_users.htpasswd"),
        ] {
            assert_eq!(&*FileName::of_secret(purpose, object), expected);
        }
        for (host, expected) in [
            ("a.example", "hosts/a.example.conf"),
            ("*.a.example", "hosts/_wildcard.a.example.conf"),
            (CATCH_ALL, "hosts/_others.conf"),
            ("others", "hosts/others.conf"),
        ] {
            assert_eq!(&*FileName::of_host(host), expected);
        }
    }

    #[test]
    fn no_two_things_have_one_file() {
        let long = "a".repeat(250);
        let capitals = ["X", "x.CA"];
        let names =
            ["x", "x.ca", "x_ca", "x.crl", "x.dh", "x.map", "x.htpasswd", "default", "_", "", "..", ".x", "a b", "x/y", "x\n", &long];
        let objects: Vec<String> =
            names.iter().chain(&capitals).flat_map(|name| [format!("a/{name}"), format!("{name}/a"), (*name).to_owned()]).collect();
        let mut files: Vec<FileName> =
            SECRETS.iter().flat_map(|purpose| objects.iter().map(|object| FileName::of_secret(*purpose, object))).collect();
        let parent = format!("*.{long}");
        let hosts = [
            CATCH_ALL,
            "others",
            "_others",
            "wildcard.x",
            "*.x",
            "_wildcard.x",
            "*",
            "x",
            "X",
            "~^x$",
            "",
            "..",
            "../x",
            "a b",
            "a\nb",
            &long,
            &parent,
        ];
        files.extend(hosts.iter().map(|host| FileName::of_host(host)));
        files.extend(["nginx.conf", "haproxy.cfg", "auth.cfg", "certificates.txt"].map(FileName::from));
        // `a/a` is there twice.
        files.sort();
        let count = files.len();
        files.dedup();
        assert_eq!(count - files.len(), 0, "{files:#?}");
        assert_eq!(misnamed(files.iter().map(|name| &**name)), None);
    }

    #[test]
    fn names_that_cannot_be_written_are_told() {
        let long = "a".repeat(256);
        for (names, is_told) in [
            (&["a", "b/c", "b/d"][..], false),
            (&["a", "a"], true),
            (&["a", "A"], true),
            (&["a/b", "a"], true),
            (&["../a"], true),
            (&["/a"], true),
            (&["a//b"], true),
            (&["a b"], true),
            (&[long.as_str()], true),
        ] {
            assert_eq!(misnamed(names.iter().copied()).is_some(), is_told, "{names:?}");
        }
    }
}
