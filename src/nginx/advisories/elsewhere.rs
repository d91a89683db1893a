//! Faults that no configuration of the controller's own image reaches, and those of which too little is published to look for them.

use super::advisory::{Advisory, Attacker, Confirmed, Cost, Version};

/// A fault that is not looked for.
const fn unseen(
    ids: &'static [&'static str],
    what: &'static str,
    cost: Cost,
    reached_by: &'static str,
    (since, fixed): (Version, &'static [Version]),
    source: &'static str,
) -> Advisory {
    let (attacker, cure, confirmed, examples): (_, _, _, &[(&str, bool)]) = (Attacker::Client, "", Confirmed::Told, &[]);
    Advisory {
        ids,
        what,
        cost,
        attacker,
        reached_by,
        cure,
        since,
        fixed,
        source,
        confirmed,
        beyond: "Not looked for.",
        judge: None,
        examples,
    }
}

/// Debian's list of changes names the release that put them right, and what it did.
const DEBIAN: &str = "changes of Debian's nginx 1.22.1-9+deb12u11";
const OF_JUNE: &[Version] = &[(1, 30, 6)];
const OF_NOVEMBER: &[Version] = &[(1, 30, 7)];
const EVER: Version = (0, 0, 0);

pub(super) static ADVISORIES: &[Advisory] = &[
    unseen(
        &["CVE-2026-42926"],
        "a client puts frames of its own into a request to a backend",
        Cost::Bypass,
        "`proxy_set_body` together with a backend that is spoken to over HTTP/2, which nginx can since 1.29.4.",
        ((1, 29, 4), &[(1, 30, 1), (1, 31, 0)]),
        "changes of nginx 1.31.0; commit c24fb259d",
    ),
    unseen(
        &["CVE-2026-42946"],
        "nginx reads beyond what it was given",
        Cost::Disclosure,
        "Backends of SCGI and uwsgi. Their modules are not in the controller's image.",
        (EVER, &[(1, 30, 1), (1, 31, 0)]),
        "changes of nginx 1.31.0",
    ),
    unseen(
        &["CVE-2026-27654"],
        "a client writes beyond the folder that is served",
        Cost::Memory,
        "WebDAV with `alias`. The module is not in the controller's image.",
        (EVER, &[(1, 28, 3), (1, 29, 7)]),
        "changes of nginx 1.29.7",
    ),
    unseen(
        &["CVE-2026-32647", "CVE-2026-27784", "CVE-2024-7347"],
        "a file of the server's own breaks nginx's memory",
        Cost::Memory,
        "The directive `mp4`. The module is not in the controller's image.",
        (EVER, &[(1, 28, 3), (1, 29, 7)]),
        "changes of nginx 1.29.7 and 1.27.1",
    ),
    unseen(
        &["CVE-2026-28753", "CVE-2026-27651", "CVE-2025-53859", "CVE-2026-113425"],
        "sessions of mail are mixed up or end nginx",
        Cost::Disclosure,
        "The block `mail`. The modules are not in the controller's image.",
        (EVER, OF_NOVEMBER),
        "changes of nginx 1.29.7 and 1.29.1; changes of Debian's nginx 1.22.1-9+deb12u11",
    ),
    unseen(
        &["CVE-2026-28755"],
        "a certificate that was revoked is accepted",
        Cost::Bypass,
        "`ssl_ocsp` in `stream`, which nginx has since 1.27.2.",
        ((1, 27, 2), &[(1, 28, 3), (1, 29, 7)]),
        "changes of nginx 1.29.7",
    ),
    unseen(
        &["CVE-2026-15176"],
        "a client gets files that are not meant to be served",
        Cost::Bypass,
        "`alias` behind a `rewrite` that changes the path. The controller's image does not know `alias`.",
        (EVER, OF_JUNE),
        DEBIAN,
    ),
    unseen(
        &["CVE-2026-93479"],
        "nginx writes more into its memory than it has reserved",
        Cost::Memory,
        "Texts with variables, in `http` and in `stream`; which ones is not published with the change.",
        (EVER, OF_JUNE),
        DEBIAN,
    ),
    unseen(
        &["CVE-2026-97205"],
        "a counter of a request overflows",
        Cost::Memory,
        "Many operations of one request that wait for each other.",
        (EVER, OF_JUNE),
        DEBIAN,
    ),
    unseen(
        &["CVE-2026-123633", "CVE-2026-123007"],
        "connections over HTTP/2 that are in use are given back, or more is kept for them than there is room for",
        Cost::Memory,
        "HTTP/2, which the controller speaks by default.",
        ((1, 9, 5), OF_NOVEMBER),
        DEBIAN,
    ),
    unseen(
        &["CVE-2026-123640"],
        "a greeting of TLS is read beyond its end",
        Cost::Disclosure,
        "`ssl_preread` in `stream`.",
        ((1, 11, 5), OF_NOVEMBER),
        DEBIAN,
    ),
    unseen(
        &["CVE-2026-118899"],
        "the reading of a request's body goes wrong",
        Cost::Nuisance,
        "Requests with bodies.",
        (EVER, OF_NOVEMBER),
        DEBIAN,
    ),
    unseen(
        &["CVE-2026-123634"],
        "nginx uses memory that it has given back",
        Cost::Memory,
        "Names that nginx itself looks up, with `resolver`.",
        (EVER, OF_NOVEMBER),
        DEBIAN,
    ),
    unseen(
        &["CVE-2026-125283"],
        "nginx reads beyond what it has",
        Cost::Disclosure,
        "`try_files` in a location with `alias`. The controller's image does not know `alias`.",
        (EVER, OF_NOVEMBER),
        DEBIAN,
    ),
];
