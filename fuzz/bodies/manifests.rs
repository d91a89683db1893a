//! Manifests and settings: what comes of them keeps its shape.

use std::collections::BTreeSet;

use ingressc::cli;
use ingressc::conf;
use ingressc::source::FileId;

use super::compile::{All, Made};

/// The word that no value may bring to the beginning of a directive.
const MARKER: &str = "evil";

/// Any text as manifests.
pub fn render(bytes: &[u8]) {
    assert_sound(&All::of(&String::from_utf8_lossy(bytes)));
}

/// Any text as `ingressc.toml`: it is accepted, or there are complaints, which show as one line each.
pub fn settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(complaint) = cli::complaints_about_settings(&text) {
        assert!(!complaint.message.is_empty() && complaint.rule == "bad-settings", "{complaint:?}");
        if let Some(span) = complaint.span {
            assert!(text.get(span.range()).is_some(), "{complaint:?}");
        }
    }
}

/// What is rendered reads as what it is, and reports hold no character that moves a cursor or turns a line.
pub fn assert_sound(all: &All) {
    for made in &all.made {
        assert_names(made);
        for file in &made.files {
            match (made.target, file.name.as_ref()) {
                ("nginx", name) if name.ends_with(".conf") => assert_nginx(name, &file.content),
                ("haproxy", "haproxy.cfg") => assert_haproxy(&file.content),
                ("haproxy", "auth.cfg") => assert_users(&file.content),
                ("haproxy", name) if name.ends_with(".map") => assert_map(name, &file.content),
                ("haproxy", "certificates.txt") => assert_certificates(&file.content),
                _ => {}
            }
        }
    }
    for report in &all.reports {
        let bad = report.chars().find(|letter| letter.is_control() && *letter != '\n' || ('\u{202a}'..='\u{202e}').contains(letter));
        assert!(bad.is_none(), "{bad:?} in {report}");
    }
}

/// Names of files: one each, below the folder, and of a length that file systems take.
fn assert_names(made: &Made) {
    let mut names = BTreeSet::new();
    for file in &made.files {
        let name = file.name.to_lowercase();
        let is_good = |part: &str| !matches!(part, "" | "." | "..") && part.len() <= 255 && !part.contains(char::is_control);
        assert!(name.split('/').all(is_good), "{}: the file {:?}", made.target, file.name);
        assert!(names.insert(name), "{}: two files {:?}", made.target, file.name);
    }
}

fn assert_nginx(name: &str, text: &str) {
    let read = conf::parse(FileId(0), text);
    assert!(read.diagnostics.is_empty(), "{name}: {:?}\n{text}", read.diagnostics);
    let mut all = read.value.directives().flat_map(|directive| std::iter::once(directive).chain(directive.descendants()));
    assert!(!all.any(|directive| directive.name() == MARKER), "{name}: {text}");
}

const SECTIONS: [&str; 11] =
    ["global", "defaults", "frontend", "backend", "listen", "userlist", "resolvers", "cache", "peers", "ring", "http-errors"];

const CONDITIONS: [&str; 4] = [".if", ".else", ".endif", ".alert"];

/// Each line is a section, or is indented below one, and has at most the 64 words that HAProxy takes.
fn assert_haproxy(text: &str) {
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#') && !line.is_empty()) {
        let first = line.split_whitespace().next().unwrap_or_default();
        assert!(line.starts_with("    ") || SECTIONS.contains(&first) || CONDITIONS.contains(&first), "haproxy.cfg: {line:?}");
        assert!(first != MARKER, "haproxy.cfg: {line:?}");
        let words = words_of(line);
        assert!(words <= 64 && line.len() < 16_384, "haproxy.cfg: {words} words, {} bytes: {line:?}", line.len());
        // A tab may stand in the value of a header, between quotes.
        assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "haproxy.cfg: {line:?}");
    }
    let names: Vec<_> = text.lines().filter(|line| line.starts_with("backend ")).collect();
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len(), "two backends have one name: {text}");
}

/// Words of a line as HAProxy counts them.
fn words_of(line: &str) -> usize {
    let (mut words, mut is_inside, mut quote, mut letters) = (0, false, None, line.chars());
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', None | Some('"')) => {
                letters.next();
            }
            (' ', None) => {
                is_inside = false;
                continue;
            }
            ('#', None) => return words,
            ('"' | '\'', None) => quote = Some(letter),
            (_, Some(open)) if open == letter => quote = None,
            _ => {}
        }
        words += usize::from(!is_inside);
        is_inside = true;
    }
    words
}

fn assert_users(text: &str) {
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<_> = line.split_whitespace().collect();
        let is_user = line.starts_with("    ") && words.first() == Some(&"user") && words_of(line) == 4;
        let is_section = matches!(words[..], ["userlist", _] | ["global"]) || words[..2] == ["setenv", "INGRESS_USERS"];
        assert!(is_user || is_section, "auth.cfg: {line:?}");
    }
}

/// A key and a value, and no control characters. Keys are hosts, or hosts with paths, and stand once.
fn assert_map(name: &str, text: &str) {
    let mut keys = BTreeSet::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once(' ').unwrap_or_default();
        let is_word = |word: &str| !word.is_empty() && !word.contains(|letter: char| letter.is_control() || letter.is_whitespace());
        assert!(is_word(key) && !value.is_empty() && !value.contains(char::is_control), "{name}: {line:?}");
        assert!(keys.insert(key), "{name}: {key:?} stands twice");
    }
}

fn assert_certificates(text: &str) {
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        assert!(line.starts_with("tls/") && !line.contains(char::is_control), "certificates.txt: {line:?}");
    }
}
