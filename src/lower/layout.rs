//! The form of the configuration that a release of the controller writes.

use crate::catalog::releases::{
    AUTH_ERRORS, AUTH_LUA_FILE, CARRIAGE_RETURNS, Change, ESCAPED_REWRITES, GRPC_TIMEOUTS, HTTP2_DIRECTIVE, JOINT_CLIENT_ADDRESS,
    LUA_FILES, MARKERS_WITHOUT_PATHS, ORIGINAL_HOST, QUOTED_AUTH_HEADERS, QUOTED_PATHS, QUOTED_TARGETS, STATE_FOLDER, TRACING_MODULE,
};
use crate::catalog::version::Version;
use crate::ir::Layout;

/// The form of a release.
pub(super) fn of(version: Version) -> Layout {
    let has = |change: &Change| change.holds(version);
    Layout {
        release: (version.major, version.minor, version.patch),
        http2_directive: has(&HTTP2_DIRECTIVE),
        tracing_module_with_others: has(&TRACING_MODULE),
        keeps_carriage_returns: has(&CARRIAGE_RETURNS),
        grpc_timeouts: has(&GRPC_TIMEOUTS),
        quotes_targets: has(&QUOTED_TARGETS),
        lua_files: has(&LUA_FILES),
        escapes_auth_headers: has(&QUOTED_AUTH_HEADERS),
        auth_lua_file: has(&AUTH_LUA_FILE),
        original_host: has(&ORIGINAL_HOST),
        joint_client_address: has(&JOINT_CLIENT_ADDRESS),
        quotes_paths: has(&QUOTED_PATHS),
        escapes_rewrites: has(&ESCAPED_REWRITES),
        has_state_folder: has(&STATE_FOLDER),
        keeps_auth_errors: has(&AUTH_ERRORS),
        names_auth_paths: !has(&MARKERS_WITHOUT_PATHS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::version::LATEST;

    #[test]
    fn the_last_release_has_the_latest_form() {
        assert_eq!(of(LATEST), Layout::default());
    }
}
