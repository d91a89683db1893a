//! Two texts, parted by a NUL: comparing ends, says the same in both directions, and has words for each difference.

#![no_main]

use ingressc::conf;
use ingressc::diff::facts::{self, Facts};
use ingressc::diff::{self, words};
use ingressc::source::FileId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (before, after) = text.split_once('\0').unwrap_or((&text, ""));
    let (before, after) = (conf::parse(FileId(0), before).value, conf::parse(FileId(1), after).value);
    let _ = Facts::read(&before);
    let report = diff::compare(&after, &before);
    assert_eq!(report.is_empty(), diff::compare(&before, &after).is_empty());
    for change in &report.changes {
        assert!(!words::of_configuration(change).message.is_empty());
        let _ = facts::is_of_the_machine(change);
    }
    let hosts = diff::hosts_of(&before);
    assert!(diff::compare_servers(&before, &before, &hosts).is_empty());
});
