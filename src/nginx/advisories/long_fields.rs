//! CVE-2026-42055: fields of a request to a gRPC backend that are longer than their length has room for.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Judge};
use super::block::{Block, Found};
use crate::nginx::reload::size;

/// Bytes of the longest field whose length has room: seven bits, and three more bytes of seven bits each.
const LONGEST: u64 = 127 + (1 << 21) - 1;

pub(super) static ADVISORY: Advisory = Advisory {
    ids: &["CVE-2026-42055"],
    what: "nginx writes more into its memory than it has reserved",
    cost: Cost::Memory,
    attacker: Attacker::Client,
    reached_by: "A gRPC backend, `ignore_invalid_headers off`, and `large_client_header_buffers` of more than 2 MiB each.",
    cure: "keep `large-client-header-buffers` below 2 MiB, or `ignore-invalid-headers` on",
    since: (1, 13, 10),
    fixed: &[(1, 30, 3), (1, 31, 2)],
    source: "changes of nginx 1.31.2; commits 26d824ec3 and 58a7bc340",
    confirmed: Confirmed::Read,
    beyond: "Long paths alone: the changes name the three together.",
    judge: Some(Judge { directives: &["grpc_pass"], look }),
    examples: &[
        ("ignore_invalid_headers off; large_client_header_buffers 4 4m; server { location / { grpc_pass grpc://127.0.0.1:1; } }", true),
        ("ignore_invalid_headers on; large_client_header_buffers 4 4m; server { location / { grpc_pass grpc://127.0.0.1:1; } }", false),
        ("ignore_invalid_headers off; large_client_header_buffers 4 8k; server { location / { grpc_pass grpc://127.0.0.1:1; } }", false),
        ("ignore_invalid_headers off; large_client_header_buffers 4 4m; server { location / { proxy_pass http://127.0.0.1:1; } }", false),
    ],
};

fn look<'t>(block: &Block<'_, 't>) -> Vec<Found<'t>> {
    let found = || {
        let pass = block.own("grpc_pass").next()?;
        let ignored = block.holding_as("ignore_invalid_headers", "off")?;
        let buffers = block.holding("large_client_header_buffers")?;
        let is_large = buffers.args().nth(1).and_then(|arg| size(&arg.value(), false)).is_some_and(|bytes| bytes > LONGEST);
        is_large.then(|| Found::at(pass).with(ignored).with(buffers))
    };
    found().into_iter().collect()
}
