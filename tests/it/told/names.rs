//! What findings of targets are about has a name that the catalog knows.

use std::fs;
use std::path::Path;

use ingressc::catalog::{features, flags, settings};

/// What finds fault with something by its name, as the sources call it.
const CALLS: [&str; 10] = [
    ".lost(\"",
    ".differs(\"",
    ".close(\"",
    ".refuse(\"",
    ".asked_differs(\"",
    ".is_asked(\"",
    ".setting_refused(\"",
    ".refused(\"",
    ".unserved(\"",
    ".close_for_setting(shared.proxy, \"",
];

/// Parts of an Ingress that are no annotations.
const FIELDS: [&str; 4] = ["host", "path", "port", "endpoints"];

fn is_known(name: &str) -> bool {
    let is_setting = || settings::all().any(|setting| setting.name == name);
    let is_former = || features::all_ever().any(|spec| spec.name == name);
    FIELDS.contains(&name) || features::find(name).is_some() || is_former() || is_setting() || flags::find(name).is_some()
}

fn unknown_names(folder: &Path) -> Vec<String> {
    let mut unknown = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            unknown.extend(unknown_names(&path));
            continue;
        }
        let text = fs::read_to_string(&path).expect("sources are text");
        let names = CALLS.iter().flat_map(|call| text.split(call).skip(1)).filter_map(|rest| rest.split('"').next());
        unknown.extend(names.filter(|name| !is_known(name)).map(|name| format!("{}: {name}", path.display())));
    }
    unknown
}

#[test]
fn findings_are_about_names_of_the_catalog() {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emit");
    assert_eq!(unknown_names(&target), Vec::<String>::new());
}
