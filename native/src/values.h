// How the addon's functions read their arguments and return a system call's result.
//
// Each function returns a number or an object; a negative number is -errno. Only the TypeScript
// modules in native/ call them: they check the arguments, and turn -errno into an Error.
#pragma once

#include <napi.h>

#include <cerrno>
#include <string>

/// A string argument that may be null or undefined.
class Text {
 public:
  Text(const Napi::Value& value) : null_(value.IsNull() || value.IsUndefined()) {
    if (!null_) text_ = value.As<Napi::String>().Utf8Value();
  }
  const char* OrNull() const { return null_ ? nullptr : text_.c_str(); }
  const char* OrNone() const { return null_ ? "none" : text_.c_str(); }

 private:
  bool null_;
  std::string text_;
};

inline int Int(const Napi::Value& value) { return value.As<Napi::Number>().Int32Value(); }
inline int64_t Long(const Napi::Value& value) { return value.As<Napi::Number>().Int64Value(); }

/// The result of a system call that returns -1 and sets errno when it fails.
inline Napi::Value Result(Napi::Env env, long result) {
  return Napi::Number::New(env, result == -1 ? -errno : static_cast<double>(result));
}
