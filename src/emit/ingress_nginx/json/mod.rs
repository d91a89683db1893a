//! The part of the configuration that lives outside nginx.conf: what the controller tells its Lua code, as JSON.
//!
//! The controller posts most of it to nginx while it runs, so that a new endpoint or certificate needs no reload; the settings of
//! `lua.json` it writes next to nginx.conf. Each file has a view, which borrows from the IR and carries the controller's names of the
//! fields; what the controller leaves out when it is empty is left out here too.

mod backends;
mod certificates;
mod lua;
mod streams;

use std::io::Write as _;

use serde::Serialize;
use serde_json::Value;

use backends::Backend;

use crate::catalog::releases::LUA_FILES;
use crate::emit::Sink;
use crate::emit::sink::Parts;
use crate::ir::{Proxy, Upstream};

const BACKENDS: &str = "backends.json";
const STREAMS: &str = "streams.json";
const CERTIFICATES: &str = "certificates.json";
const SETTINGS: &str = "lua.json";

/// The names of the files; older forms have the settings for Lua within nginx.conf.
pub(super) fn names(proxy: &Proxy) -> impl Iterator<Item = &'static str> {
    [BACKENDS, STREAMS, CERTIFICATES].into_iter().chain(LUA_FILES.shows(proxy.form).then_some(SETTINGS))
}

/// Writes the JSON files. The same proxy gives the same bytes.
pub(super) fn write(proxy: &Proxy, sink: &mut dyn Sink) {
    for name in names(proxy) {
        match name {
            _ if !sink.begin(name) => {}
            BACKENDS => print(sink, &backends::view(&proxy.upstreams)),
            STREAMS => print(sink, &streams::view(&proxy.streams)),
            CERTIFICATES => print(sink, &certificates::view(proxy)),
            _ => print(sink, &lua::view(proxy)),
        }
    }
}

/// What the file for upstreams says of one of them.
#[expect(clippy::expect_used, reason = "as for the file")]
pub(super) fn backend(upstream: &Upstream) -> Value {
    serde_json::to_value(Backend::from(upstream)).expect("it holds texts, numbers and lists under texts")
}

#[expect(clippy::expect_used, reason = "serializing fails on a failing writer, a key that is no text, or a view that refuses")]
fn print(sink: &mut dyn Sink, view: &impl Serialize) {
    let mut parts = Parts::of(sink);
    let written = serde_json::to_writer_pretty(&mut parts, view).map_err(Into::into);
    // Only the sink could fail, and it takes everything.
    written.and_then(|()| parts.write_all(b"\n")).and_then(|()| parts.flush()).expect("views hold texts, numbers and lists under texts");
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::emit::OutputFile;

    fn files(proxy: &Proxy) -> Vec<OutputFile> {
        let mut files = Vec::new();
        write(proxy, &mut files);
        files
    }

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
