//! Parameters for `FastCGI`.

use super::lines::{Lines, put};
use crate::ir::FastCgi;
use crate::nginx::FASTCGI_PARAMS;

/// Writes the index file and the parameters. Quirk: a parameter that is named twice is sent twice.
pub(super) fn write(fastcgi: &FastCgi, lines: &mut Lines) {
    // Written out, because not every installation has the file that nginx brings along.
    for (name, value) in FASTCGI_PARAMS {
        put!(lines, "fastcgi_param", *name, *value);
    }
    // HTTPS is told only where it is in use.
    put!(lines, "fastcgi_param", "HTTPS", "$https", "if_not_empty");
    if !fastcgi.index.is_empty() {
        put!(lines, "fastcgi_index", &fastcgi.index);
    }
    for (name, value) in &fastcgi.params {
        put!(lines, "fastcgi_param", name, value);
    }
}
