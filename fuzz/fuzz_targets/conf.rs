//! Any bytes: reading ends, what is printed reads the same, and nothing differs from itself.

#![no_main]

use ingressc::conf;
use ingressc::diff;
use ingressc::source::FileId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let tree = conf::parse(FileId(0), &text).value;
    let printed = conf::print(&tree);
    let again = conf::parse(FileId(1), &printed).value;
    assert!(again == tree, "printed as {printed:?}");
    assert!(diff::compare(&again, &tree).is_empty());
});
