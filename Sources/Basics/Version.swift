/// Version of the program.
package let lookoutVersion = "0.2.0"
