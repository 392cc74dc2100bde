#include "addon.h"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  InitConstants(env, exports);
  InitExec(env, exports);
  InitSpawn(env, exports);
  InitSyscalls(env, exports);
  InitWait(env, exports);
  return exports;
}

NODE_API_MODULE(native, Init)
