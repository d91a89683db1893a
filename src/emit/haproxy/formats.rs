//! What HAProxy reads by formats of their own: names of sections, tables, and the list of certificates. Only here their lines are made:
//! nothing that ends a word or a line gets in, in keys as little as in values.

use std::collections::BTreeSet;
use std::fmt;

use sha1_smol::Sha1;

use super::super::{FileName, OutputFile};
use super::words;

/// A text that cannot stand where it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit;

/// Bytes of a line at most. HAProxy reads tables in pieces of 16 kB: the rest of a longer line would be a line of its own.
const LONGEST: usize = 16_000;

/// Whether a text is one word of a line, and no comment.
fn is_word(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || c.is_control();
    !text.is_empty() && !text.starts_with('#') && !text.contains(ends)
}

/// What sections of our own are for. No name of one begins like that of another, and none like that of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Redirects the root of a host.
    AppRoot,
    /// Counts requests at the same time.
    Connections,
    /// Counts requests in a minute.
    PerMinute,
    /// Counts requests in a second.
    PerSecond,
    /// Adds a slash.
    Slash,
    /// Passes on TCP.
    Tcp,
    /// Passes on TLS unopened.
    Tls,
    /// Redirects a host that is only another name.
    Twin,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::AppRoot => "app-root",
            Self::Connections => "connections",
            Self::PerMinute => "rpm",
            Self::PerSecond => "rps",
            Self::Slash => "slash",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Twin => "twin",
        }
    }
}

/// The name of a section.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SectionName(String);

impl SectionName {
    /// A name of our own.
    pub(super) const HEALTH: &'static str = "_health";
    /// A name of our own.
    pub(super) const STATUS: &'static str = "_status";
    /// A name of our own.
    pub(super) const NOT_FOUND: &'static str = "_not_found";
    /// A name of our own.
    pub(super) const TLS_OPENED: &'static str = "_tls-opened";

    /// One of the names of our own.
    pub(super) fn fixed(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// A section of our own for a thing: another one for each thing.
    pub(super) fn of(kind: Kind, thing: &str) -> Self {
        Self(format!("_{}_{}", kind.name(), part(thing)))
    }

    /// The section of a thing that has no other.
    pub(super) fn of_thing(thing: &str) -> Self {
        Self(if thing.starts_with('_') { format!("x{}", hashed(thing)) } else { part(thing) })
    }

    /// What comes to mind where the name is taken.
    pub(super) fn again(&self, count: usize) -> Self {
        Self(format!("{}__{count}", self.0))
    }

    /// The section of the canary.
    pub(super) fn canary(&self) -> Self {
        Self(format!("{}__canary", self.0))
    }

    /// The name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A thing as part of a name: what no name can hold, or is too long, has a hash behind a colon, which nothing else has.
fn part(thing: &str) -> String {
    const READABLE: usize = 200;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !thing.is_empty() && thing.len() <= READABLE && thing.bytes().all(fits) { thing.to_owned() } else { hashed(thing) }
}

fn hashed(thing: &str) -> String {
    let readable: String = words::name(thing).chars().take(60).collect();
    format!("{readable}:{}", Sha1::from(thing).digest())
}

/// A table in the making.
#[derive(Debug, Default)]
pub(super) struct MapFile(String);

impl MapFile {
    /// Adds a line.
    ///
    /// # Errors
    /// The key or the value is no word.
    pub(super) fn put(&mut self, key: &str, value: &str) -> Result<(), Unfit> {
        if !is_word(key) || !is_word(value) || key.len() + value.len() > LONGEST {
            return Err(Unfit);
        }
        self.fixed(key, value);
        Ok(())
    }

    /// Adds a line of which nobody says a word.
    pub(super) fn number(&mut self, key: u8, words: &'static str) {
        self.fixed(&key.to_string(), words);
    }

    fn fixed(&mut self, key: &str, value: &str) {
        self.0.push_str(key);
        self.0.push(' ');
        self.0.push_str(value);
        self.0.push('\n');
    }

    /// Puts the lines with the longest keys first: of several ends of a name HAProxy takes the first.
    pub(super) fn longest_first(&mut self) {
        let mut lines: Vec<&str> = self.0.split_inclusive('\n').collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.find(' ')));
        self.0 = lines.concat();
    }

    /// Whether there is no line.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The file.
    pub(super) fn file(self, name: FileName) -> OutputFile {
        OutputFile::new(name, self.0)
    }

    /// The file, for nobody but its owner to read.
    pub(super) fn private(self, name: FileName) -> OutputFile {
        OutputFile::private(name, self.0)
    }
}

/// Paths as keys: characters that would end one are written in another way, each in its own. Requests are looked up alike.
#[derive(Debug, Default)]
pub(super) struct PathKeys(BTreeSet<char>);

impl PathKeys {
    /// A path as a part of a key. It keeps to the beginning of another path where it did before.
    pub(super) fn of(&mut self, path: &str) -> String {
        let mut key = String::with_capacity(path.len());
        for character in path.chars() {
            if character == '%' || character.is_whitespace() || character.is_control() {
                self.0.insert(character);
                key.push_str(&encoded(character, "%"));
            } else {
                key.push(character);
            }
        }
        key
    }

    /// The converters that do the same, each with the text that it looks for; none where no key needs them.
    pub(super) fn converters(&self) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        // What the others write must not be written anew.
        let others = self.0.iter().filter(|character| **character != '%');
        std::iter::once(&'%').chain(others).map(|c| format!("regsub(\"{}\",\"{}\",g)", encoded(*c, "\\x"), encoded(*c, "%"))).collect()
    }
}

/// The bytes of a character in small letters, because keys are compared in small letters as well.
fn encoded(character: char, sign: &str) -> String {
    character.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("{sign}{byte:02x}")).collect()
}

/// The list of certificates in the making.
#[derive(Debug)]
pub(super) struct CrtList(String);

/// What holds for the names of a line.
#[derive(Debug, Default)]
pub(super) struct CrtOptions(Vec<String>);

impl CrtOptions {
    /// Clients may show certificates of these authorities.
    pub(super) fn authorities(&mut self, file: &FileName) {
        self.0.push(format!("ca-file {file} verify optional"));
    }

    /// Certificates that are revoked.
    pub(super) fn revocations(&mut self, file: &FileName) {
        self.0.push(format!("crl-file {file}"));
    }

    /// Ciphers of OpenSSL, where they are nothing but that.
    pub(super) fn ciphers(&mut self, list: &str) {
        if list.len() <= 1000 && list.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-+_.@=:,!".contains(&byte)) {
            self.0.push(format!("ciphers {list}"));
        }
    }

    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl CrtList {
    /// A list that starts with the certificate for names that nobody knows.
    pub(super) fn new(default: &FileName) -> Self {
        Self(format!("{default}\n"))
    }

    /// Adds a certificate for names. Without any name HAProxy would take those of the certificate: then there is no line.
    pub(super) fn put<'n>(&mut self, certificate: &FileName, options: &CrtOptions, names: impl Iterator<Item = &'n str>) {
        // HAProxy reads lines of a limited length, and of a limited number of words.
        const MOST: usize = 100;
        let names: Vec<&str> = names.filter(|name| is_name(name)).collect();
        let options = if options.is_empty() { String::new() } else { format!(" [{}]", options.0.join(" ")) };
        for some in names.chunks(MOST) {
            self.0.push_str(&format!("{certificate}{options} {}\n", some.join(" ")));
        }
    }

    /// The file.
    pub(super) fn file(self, name: FileName) -> OutputFile {
        OutputFile::new(name, self.0)
    }
}

/// Whether a text is a name that a client can ask for, or a star for its first label.
fn is_name(name: &str) -> bool {
    let labels = name.strip_prefix("*.").unwrap_or(name);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !labels.is_empty() && labels.len() <= 255 && !labels.starts_with('.') && labels.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 8] =
        [Kind::AppRoot, Kind::Connections, Kind::PerMinute, Kind::PerSecond, Kind::Slash, Kind::Tcp, Kind::Tls, Kind::Twin];

    #[test]
    fn tables_hold_words_only() {
        let long = "a".repeat(LONGEST + 1);
        let mut table = MapFile::default();
        for unfit in ["", "a b", "a\tb", "a\nb", "a\rb", "#a", "a\u{0}", "\u{a0}", "a\u{2028}b", &long] {
            assert_eq!(table.put(unfit, "value"), Err(Unfit), "{unfit:?}");
            assert_eq!(table.put("key", unfit), Err(Unfit), "{unfit:?}");
        }
        assert!(table.is_empty());
        assert_eq!(table.put("a/b#c", "d"), Ok(()));
        assert_eq!(table.file(FileName::from("x")).content, "a/b#c d\n");
    }

    #[test]
    fn names_of_sections_are_one_word_and_differ() {
        let long = "a".repeat(300);
        let things =
            ["a", "_a", "a b", "a-b", "a\"b", "a\nb", "", "_health", "_tls_a", "opened", "-opened", "a:b", "a_b", &long, &long[1..]];
        let mut all: Vec<String> = things.iter().map(|thing| SectionName::of_thing(thing).to_string()).collect();
        all.extend(KINDS.iter().flat_map(|kind| things.map(|thing| SectionName::of(*kind, thing).to_string())));
        all.extend([SectionName::HEALTH, SectionName::STATUS, SectionName::NOT_FOUND, SectionName::TLS_OPENED].map(str::to_owned));
        let is_fit = |name: &String| name.len() < 300 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
        assert!(all.iter().all(is_fit), "{all:#?}");
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count, "{all:#?}");
        for kind in KINDS {
            let beginning = format!("{}_", kind.name());
            let is_like = |other: &&Kind| **other != kind && format!("{}_", other.name()).starts_with(&beginning);
            assert_eq!(KINDS.iter().find(is_like), None, "{kind:?}");
        }
    }

    #[test]
    fn no_two_paths_have_one_key() {
        let mut keys = PathKeys::default();
        let paths = ["/a b", "/a\u{2423}b", "/a%20b", "/a%2520b", "/a\tb", "/a\nb", "/a\u{a0}b", "/a%", "/a"];
        let mut all: Vec<String> = paths.iter().map(|path| keys.of(path)).collect();
        assert_eq!(all[0], "/a%20b");
        assert_eq!(all[2], "/a%2520b");
        assert!(all.iter().all(|key| is_word(key)));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), paths.len());
        assert!(keys.of("/a b/c").starts_with(&keys.of("/a b")));
        assert_eq!(keys.converters()[0], r#"regsub("\x25","%25",g)"#);
        assert!(keys.converters().contains(&String::from(r#"regsub("\xc2\xa0","%c2%a0",g)"#)));
        let mut plain = PathKeys::default();
        plain.of("/a/b");
        assert!(plain.converters().is_empty());
    }

    #[test]
    fn certificates_have_names() {
        let (file, mut options) = (FileName::from("tls/a.pem"), CrtOptions::default());
        options.ciphers("HIGH:!aNULL");
        options.ciphers("HIGH] [x");
        let mut list = CrtList::new(&FileName::from("tls/default.pem"));
        for names in [&["a b"][..], &["a\nb", "!a", "#a", "*", "", ".a", "*.", "a*", "[a]"], &["a.example", "x y", "*.a.example"]] {
            list.put(&file, &options, names.iter().copied());
        }
        list.put(&file, &CrtOptions::default(), vec!["b"; 101].into_iter());
        let text = list.file(FileName::from("x")).content;
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[..2], ["tls/default.pem", "tls/a.pem [ciphers HIGH:!aNULL] a.example *.a.example"]);
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[3], "tls/a.pem b");
    }
}
