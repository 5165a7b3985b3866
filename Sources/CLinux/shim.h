// What Linux has and Swift's Glibc module leaves out, or shows as now one type and now another.

#ifndef LOOKOUT_CLINUX_H
#define LOOKOUT_CLINUX_H

#include <sys/socket.h>
#include <sys/timex.h>  // adjtimex: whether anybody keeps the clock right

#ifdef __GLIBC__
#include <malloc.h>  // mallopt, malloc_trim: memory that is free goes back to the system
#endif

// A macro and an enumerator of the same name: which one Swift sees depends on what else is imported.
static const int clinux_msg_nosignal = MSG_NOSIGNAL;

#endif
