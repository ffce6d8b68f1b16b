//! Where a copy of the ONNX Runtime library may be, in the order in which they are tried.

use std::env;
use std::path::{Path, PathBuf};

/// Files to try: the one that `ORT_DYLIB_PATH` names, alone, or else those found in `extra`,
/// `$MAG_HOME`, the user's data folder, beside the program, in `.mag/lib` of a folder above it, in
/// Python's packages, and in the system's library folders.
pub fn candidates(extra: &[PathBuf]) -> Vec<PathBuf> {
    if let Some(named) = env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        return vec![PathBuf::from(named)];
    }
    let mut found = Vec::new();
    for folder in folders(extra) {
        let mut here = libraries(&folder);
        here.sort();
        found.extend(here.into_iter().rev());
    }
    found
}

fn folders(extra: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders = extra.to_vec();
    let variable = |name| env::var_os(name).map(PathBuf::from);
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    if let Some(base) = variable("MAG_HOME") {
        folders.extend([base.join("lib"), base]);
    }
    if let Some(home) = &home {
        folders.push(home.join(".local/share/mag/lib"));
    }
    if let Some(beside) = env::current_exe().ok().as_deref().and_then(Path::parent) {
        folders.extend([beside.to_path_buf(), beside.join("lib"), beside.join("../lib")]);
    }
    // A checkout keeps its copy above the program that was built in it. The working folder is not
    // asked: it may be a stranger's, and what is found here is run.
    if let Ok(program) = env::current_exe() {
        folders.extend(program.ancestors().skip(1).map(|above| above.join(".mag/lib")));
    }
    let environments = [variable("VIRTUAL_ENV"), home.map(|home| home.join(".local"))];
    for root in environments.into_iter().flatten() {
        folders.extend(packages(&root));
    }
    for root in ["/usr/local", "/usr", "/opt/homebrew"].map(Path::new) {
        folders.extend(packages(root));
        folders.push(root.join("lib"));
    }
    folders
}

/// The folders that hold the library of the Python package under an installation of Python.
fn packages(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.join("Lib/site-packages/onnxruntime/capi")];
    for version in entries(&root.join("lib")) {
        if named(&version).starts_with("python") {
            for kind in ["site-packages", "dist-packages"] {
                found.push(version.join(kind).join("onnxruntime/capi"));
            }
        }
    }
    found
}

/// Files of a folder that are named like the library: `libonnxruntime.so.1.24.4` and so on.
fn libraries(folder: &Path) -> Vec<PathBuf> {
    let mut files = entries(folder);
    files.retain(|file| {
        let name = named(file);
        let dylib = name.starts_with("libonnxruntime.") && name.ends_with(".dylib");
        name.starts_with("libonnxruntime.so") || dylib || name == "onnxruntime.dll"
    });
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten();
    listed.map(|entry| entry.path()).collect()
}

fn named(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
