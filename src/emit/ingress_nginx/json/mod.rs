//! The part of the configuration that lives outside nginx.conf: what the controller tells its Lua code, as JSON.
//!
//! The controller posts most of it to nginx while it runs, so that a new endpoint or certificate needs no reload; the settings of
//! `lua.json` it writes next to nginx.conf. Each file has a view, which borrows from the IR and carries the controller's names of the
//! fields; what the controller leaves out when it is empty is left out here too.

mod backends;
mod certificates;
mod lua;
mod streams;

use serde::Serialize;

use crate::emit::OutputFile;
use crate::ir::Proxy;

/// The JSON files; older forms have the settings for Lua within nginx.conf. The same proxy gives the same bytes.
pub(super) fn files(proxy: &Proxy) -> Vec<OutputFile> {
    let mut files = vec![
        file("backends.json", &backends::view(&proxy.upstreams)),
        file("streams.json", &streams::view(&proxy.streams)),
        file("certificates.json", &certificates::view(proxy)),
    ];
    if proxy.layout.lua_files {
        files.push(file("lua.json", &lua::view(proxy)));
    }
    files
}

#[expect(clippy::expect_used, reason = "serializing fails on a failing writer, a key that is no text, or a view that refuses")]
fn file(name: &'static str, view: &impl Serialize) -> OutputFile {
    let mut content = serde_json::to_string_pretty(view).expect("views hold texts, numbers and lists under texts");
    content.push('\n');
    OutputFile::new(name, content)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::ir::Upstream;

    #[test]
    fn a_proxy_without_anything_has_all_files() {
        let files = files(&Proxy::default());
        let names: Vec<&str> = files.iter().map(|file| file.name.as_ref()).collect();
        assert_eq!(names, ["backends.json", "streams.json", "certificates.json", "lua.json"]);
        assert_eq!(files[0].content, "[]\n");
        assert_eq!(files[1].content, "[]\n");
        assert_eq!(files[2].content, "{}\n");
        assert!(files[3].content.starts_with("{\n  \"enable_metrics\": false,\n  \"listen_ports\": {\n    \"https\": \"0\","));
        assert!(files[3].content.ends_with("}\n"));
    }

    #[test]
    fn odd_texts_stay_what_they_are() {
        let name = "a\"b\\c\n\u{1}<é>\u{2028}";
        let proxy = Proxy { upstreams: vec![Upstream { name: name.into(), ..Upstream::default() }], ..Proxy::default() };
        let parsed: serde_json::Value = serde_json::from_str(&files(&proxy)[0].content).unwrap();
        assert_eq!(parsed[0]["name"], name);
    }
}
