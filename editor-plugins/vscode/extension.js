// Plays .mag files in a terminal and sends commands to what is playing.
// Saving the file is all that an edit needs: `mag play` follows it.
"use strict";

const { execFile } = require("child_process");
const fs = require("fs");
const path = require("path");
const vscode = require("vscode");

let terminal;

/** The mag program: the one set, the one built in an open checkout, or the one on the PATH. */
function program() {
  const set = vscode.workspace.getConfiguration("mag").get("command");
  if (set) return set;
  const binary = process.platform === "win32" ? "mag.exe" : "mag";
  const built = (vscode.workspace.workspaceFolders ?? [])
    .map((folder) => path.join(folder.uri.fsPath, "target", "release", binary))
    .find((file) => fs.existsSync(file));
  return built ?? "mag";
}

/** What an ONNX Runtime unpacked by the checkout's set-up needs in the environment. */
function environment() {
  if (process.env.ORT_DYLIB_PATH) return {};
  const library = path.join(program(), "..", "..", "..", ".mag", "lib", "libonnxruntime.so");
  return path.isAbsolute(library) && fs.existsSync(library) ? { ORT_DYLIB_PATH: library } : {};
}

/** Saves the file and plays it; if something plays already, saving is enough. */
async function play() {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "mag") {
    return vscode.window.showWarningMessage("mag: open a .mag file to play it.");
  }
  if (!(await document.save()) || document.isUntitled) {
    return vscode.window.showWarningMessage("mag: save the file first.");
  }
  if (!terminal) {
    terminal = vscode.window.createTerminal({
      name: "mag",
      shellPath: program(),
      shellArgs: ["play", document.fileName],
      cwd: path.dirname(document.fileName),
      env: environment(),
    });
  }
  terminal.show(true);
}

/** Sends a command such as `hush` or `mute hats` to what is playing. */
function send(command) {
  execFile(program(), ["send", ...command.trim().split(/\s+/)], (error, _, stderr) => {
    if (error) {
      vscode.window.showErrorMessage(`mag: ${command} was not heard. ${stderr || error.message}`);
    }
  });
}

async function ask() {
  const command = await vscode.window.showInputBox({ prompt: "hush, undo, mute hats, solo lead, …" });
  if (command?.trim()) send(command);
}

function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("mag.play", play),
    vscode.commands.registerCommand("mag.hush", () => send("hush")),
    vscode.commands.registerCommand("mag.send", ask),
    vscode.window.onDidCloseTerminal((closed) => {
      if (closed === terminal) terminal = undefined;
    }),
  );
}

module.exports = { activate };
