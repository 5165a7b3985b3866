/// Version of the program.
package let lookoutVersion = "0.1.0"
