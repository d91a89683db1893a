//! The format of the access log that a configuration writes.

use crate::access_log::{Escape, Format};
use crate::conf::{Directive, Tree};
use crate::ir::Logging;

/// The name that the controller gives its format.
const OF_CONTROLLER: &str = "upstreaminfo";

/// The formats that a configuration declares: for requests, and for TCP and UDP.
pub(super) fn of_tree(tree: &Tree<'_>) -> Option<Format> {
    let block = |name: &str| tree.directives().find(|directive| directive.is_block() && directive.name() == name);
    let http = block("http")?;
    let formats: Vec<Declared> = http.directives().filter_map(declared).collect();
    let used = http
        .directives()
        .filter(|directive| directive.name() == "access_log")
        .find_map(|log| Some(log.args().nth(1)?.value().into_owned()));
    let format = formats.iter().find(|format| format.name == OF_CONTROLLER || Some(&format.name) == used.as_ref())?;
    let streams = block("stream").and_then(|stream| stream.directives().find_map(declared));
    let format = Format::new(&format.text, format.escape);
    Some(match streams {
        Some(streams) => format.with_streams(&streams.text, streams.escape),
        None => format,
    })
}

/// That of the controller where nobody says anything.
pub(super) fn usual() -> Format {
    let logging = Logging::default();
    Format::new(&logging.format_http, Escape::Default).with_streams(&logging.format_stream, Escape::Default)
}

struct Declared {
    name: String,
    escape: Escape,
    text: String,
}

/// What `log_format` declares: its words are put behind each other.
fn declared(directive: Directive<'_>) -> Option<Declared> {
    if directive.name() != "log_format" {
        return None;
    }
    let mut words: Vec<String> = directive.args().map(|arg| arg.value().into_owned()).collect();
    if words.is_empty() {
        return None;
    }
    let name = words.remove(0);
    let escape = words.first().and_then(|word| Escape::named(word.strip_prefix("escape=")?));
    let text = words[usize::from(escape.is_some())..].concat();
    Some(Declared { name, escape: escape.unwrap_or_default(), text })
}
